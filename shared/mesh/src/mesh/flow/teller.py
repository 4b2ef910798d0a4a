"""The teller: a thread that moves a process's counts into its service's database, each minute and at the end.

A process that is killed takes the counts of its last minute with it. Where a connection is lost in a commit,
those of a minute may be added twice.
"""

import threading

import psycopg
import structlog

from mesh.database import Database, transaction
from mesh.errors import Unavailable
from mesh.flow import untold
from mesh.flow.tally import Tally

log = structlog.get_logger(__name__)

PACE = 60.0  # seconds


class Teller:
    """Of one process. It asks for one of its connections, for as long as an INSERT takes."""

    def __init__(self, tally: Tally, database: Database, pace: float = PACE) -> None:
        self._tally = tally
        self._database = database
        self._pace = pace
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flow-teller", daemon=True)
        self._silent = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Tell what there is, for the last time."""
        self._stopping.set()
        self._thread.join()
        if not self._silent:  # a stop does not wait for a database that is away
            self._tell()

    def _run(self) -> None:
        while not self._stopping.wait(self._pace):
            self._tell()

    def _tell(self) -> None:
        counts = self._tally.take()
        if not counts:
            return
        try:
            with self._database.connection() as connection, transaction(connection):
                untold.add(connection, counts)
        except (Unavailable, psycopg.Error) as error:
            self._tally.give_back(counts)
            if not self._silent:  # once, not once a minute
                log.warning("flow.untold", error=str(error))
            self._silent = True
        else:
            self._silent = False
