"""The relay: rows of the outbox to the broker, in order, in batches of what is there.

A batch is taken, published and confirmed inside one transaction: a crash at any point leaves the
rows where they were, and some may go out twice under the same id. Several relays may run: each
takes rows that no other has. Sleeping, it is woken by NOTIFY, so an idle mesh adds no latency.

Taking and committing is waiting for PostgreSQL, publishing is waiting for the broker. While there is a
backlog a second hand takes one batch as the first publishes another: what goes out keeps its order.
"""

import threading
from collections.abc import Callable

import structlog

from mesh import database, outbox
from mesh.database import Tx, transaction
from mesh.errors import Unavailable, Unroutable
from mesh.health import Heartbeat
from mesh.publisher import Publisher
from mesh.rest import Rest
from mesh.stopping import Stopping
from mesh.upkeep import Upkeep

log = structlog.get_logger(__name__)

BATCH = 500
"""Rows in one transaction. A crash sends twice as many again at the most: one of each hand."""

_NAP = 1.0
"""Seconds between two looks at an idle outbox: the heartbeat's pace, and what a lost NOTIFY costs."""

_AWAY = (Unavailable, Unroutable, database.LOST)


class Relay:
    """Runs until it is told to stop."""

    def __init__(
        self,
        connect: Callable[[], Tx],
        publisher: Publisher,
        heartbeat: Heartbeat,
        stopping: Stopping,
        upkeep: Upkeep,
    ) -> None:
        self._connect = connect
        self._publisher = publisher
        self._heartbeat = heartbeat
        self._stopping = stopping
        self._upkeep = upkeep
        self._away = False
        self._rest = Rest()
        self._taking = threading.Lock()
        self._publishing = threading.Lock()
        self._backlog = threading.Event()

    def run(self) -> None:
        """Relay until told to stop. What is away is waited for."""
        second = threading.Thread(target=self._help, name="relay-second-hand", daemon=True)
        second.start()
        while not self._stopping:
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {outbox.CHANNEL}")
                    self._relay(connection)
            except _AWAY as error:
                self._wait(error)
        self._backlog.set()  # wakes the second hand, which sees that it is to stop
        second.join()
        self._publisher.close()

    def _relay(self, connection: Tx) -> None:
        while not self._stopping:
            moved = self._move(connection)
            self._upkeep.run(connection)  # before: what says that it is ready says how much waits, too
            self._resumed()
            if not moved:
                self._rest.over()
                self._sleep(connection)
            elif moved < BATCH:
                self._stopping.wait(self._rest.seconds())
            else:
                self._backlog.set()

    def _help(self) -> None:
        """The second hand, on a connection that it gives up when there was no backlog for a while."""
        while self._is_called():
            try:
                with self._connect() as connection:
                    while self._is_called(within=_NAP):
                        if self._move(connection) < BATCH:
                            self._backlog.clear()
            except _AWAY:  # the first hand meets it too, says so and waits
                self._backlog.clear()

    def _is_called(self, within: float | None = None) -> bool:
        """Wait for a backlog, so many seconds at the most. Never to stay: `run` sets it after the stop."""
        return not self._stopping and self._backlog.wait(within) and not self._stopping

    def _move(self, connection: Tx) -> int:
        """Publish one batch. Returns how many there were."""
        with transaction(connection):
            with self._taking:  # until it is this hand's turn to publish: no later batch overtakes
                batch = outbox.take(connection, BATCH)
                self._publishing.acquire()
            try:
                if batch:
                    self._publisher.publish(batch)
            finally:
                self._publishing.release()
        if batch:
            log.debug("outbox.relayed", messages=len(batch))
        return len(batch)

    def _sleep(self, connection: Tx) -> None:
        due = outbox.next_due(connection)
        nap = _NAP if due is None else min(max(due, 0.0), _NAP)
        for _ in connection.notifies(timeout=nap, stop_after=1):
            pass

    def _wait(self, error: Exception) -> None:
        if not self._away:  # once, not once a second
            log.warning("relay.waiting", error=str(error))
        self._away = True
        self._heartbeat.beat("waiting", str(error))
        self._stopping.wait(_NAP)

    def _resumed(self) -> None:
        if self._away:
            log.info("relay.resumed")
        self._away = False
        self._heartbeat.beat("ready")
