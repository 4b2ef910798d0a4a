"""Upkeep: what a relay does for its service's database beside moving the outbox, each at its own pace."""

import time
from collections.abc import Callable

import structlog
from psycopg.errors import QueryCanceled

from contracts import contract_of
from contracts.flow import Flow
from mesh import backlog, inbox, parked
from mesh.announcer import PACE, Announcer
from mesh.database import Tx
from mesh.flow import untold

log = structlog.get_logger(__name__)

_PRUNE = 60.0  # seconds between two looks for what the inbox need not remember any more
_AT_ONCE = 10_000  # of that, in one transaction
_LOOK = 60.0  # seconds between two looks for what has been parked for long
_LONG = 600.0
"""Seconds after which a parked message is a matter for somebody."""
_TELL = 10.0  # seconds between two looks for what workers counted
_QUIET = 3600.0  # seconds between two alarms

_SHARE = 0.02
"""Of a relay's time, for most of these: a large outbox takes seconds to count."""
_MOVING = 0.2
"""The same for what moves messages itself."""


class Chore:
    """Something to do every so many seconds, or less often if it takes long."""

    def __init__(self, work: Callable[[Tx], bool | None], pace: float, share: float = _SHARE) -> None:
        """`work` says whether there is more of it, which waits for no pace."""
        self._work = work
        self._pace = pace
        self._share = share
        self._due = 0.0

    def run(self, tx: Tx) -> None:
        """If it is due."""
        begun = time.monotonic()
        if begun >= self._due:
            self._due = begun + self._pace
            if self._work(tx):
                self._due = begun
            self._due += (time.monotonic() - begun) / self._share


class Upkeep:
    """All chores of one relay."""

    def __init__(self, announcer: Announcer, flow: type[Flow] | None = None) -> None:
        """`flow`: by which it is told what the service's workers did."""
        self._announcer = announcer
        self._flow = flow
        self._quiet_until = 0.0
        self._chores = [
            Chore(_prune, _PRUNE),
            Chore(self._count, PACE),
            Chore(self._send_parked, PACE, _MOVING),
            Chore(self._alarm, _LOOK),
            Chore(self._tell, _TELL),
        ]

    def run(self, tx: Tx) -> None:
        """Those that are due. Raises what a database that is away raises."""
        for chore in self._chores:
            chore.run(tx)

    def _count(self, tx: Tx) -> None:
        try:
            self._announcer.backlog = backlog.counted(tx)
        except QueryCanceled:  # then nobody knows, and is told so
            self._announcer.backlog = None
            log.warning("backlog.uncounted", why=f"it takes longer than {backlog.LONGEST:g} s")

    def _send_parked(self, tx: Tx) -> None:
        if kinds := parked.kinds(tx):
            live = self._announcer.live()
            for kind in kinds:
                if parked.understood(kind, live):
                    parked.send_again(tx, kind)

    def _alarm(self, tx: Tx) -> None:
        now = time.monotonic()
        if now < self._quiet_until:
            return
        for found in parked.waiting_long(tx, _LONG):
            self._quiet_until = now + _QUIET
            log.error(
                "messages.parked",
                message=found.name,
                version=found.version,
                messages=found.messages,
                since=found.since.isoformat(),
                remedy="no live build understands them: deploy one that does, or see `dead-letters`",
            )

    def _tell(self, tx: Tx) -> bool:
        """Where nobody would take it, it waits here, in a table that does not grow with the messages."""
        if self._flow is None or untold.is_empty(tx):
            return False
        if self._announcer.is_taken(contract_of(self._flow)):
            return untold.tell(tx, self._flow)
        untold.prune(tx)
        return False


def _prune(tx: Tx) -> bool:
    return inbox.prune(tx, _AT_ONCE) == _AT_ONCE
