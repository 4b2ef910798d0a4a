"""Chores: what this service does by the clock, though nobody asks for it. Other sources are looked at.

Settings say which, and when. A row of each says what is due next, so they fall due as schedules do. Each
function gets a transaction and leaves the commit to its caller.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

import structlog

from contracts import Command, contract_of
from contracts.reports import FetchRates, Missed, ReconcileDay, TakeFiles
from contracts.timing import Timing
from mesh import Tx, outbox, recurrence
from mesh.ticks import Due
from reports import schedules
from reports.store import chores as stored
from reports.usecases import scheduling

log = structlog.get_logger(__name__)

_OURS = UUID("6e0c6b4e-2b0a-5f39-9a0f-3c1f0c1e7a55")  # the namespace of their ids: never to be changed


class Chore(NamedTuple):
    """One of them."""

    command: type[Command]
    said: Callable[[datetime], Sequence[Command]]
    """What is sent for a time at which it falls due."""
    missed: Missed

    @property
    def name(self) -> str:
        """Of the command, on the wire."""
        return contract_of(self.command).name

    @property
    def id(self) -> UUID:
        return uuid5(_OURS, self.name)


def _days_before(due: datetime) -> list[ReconcileDay]:
    """Orders are cancelled and refunded weeks after they were placed: each day is compared three times."""
    return [ReconcileDay(day=due.astimezone(UTC).date() - timedelta(days)) for days in (1, 8, 31)]


_CHORES = (
    Chore(FetchRates, lambda _: [FetchRates()], "once"),
    Chore(TakeFiles, lambda _: [TakeFiles()], "once"),
    Chore(ReconcileDay, _days_before, "each"),  # each time is about days of its own
)
_BY_ID = {chore.id: chore for chore in _CHORES}
_BY_NAME = {chore.name: chore for chore in _CHORES}


def begin(wanted: Mapping[type[Command], Timing], tx: Tx) -> None:
    """Have these fall due at such times, and no others. One that is new is due at once."""
    now = scheduling.now()
    timings = {contract_of(command).name: timing for command, timing in sorted(wanted.items(), key=_name)}
    stored.keep(tx, timings)
    for name, timing in timings.items():
        stored.set_up(tx, name, timing, now, recurrence.after(timing, now))


def is_one(id: UUID) -> bool:
    return id in _BY_ID


def upcoming(tx: Tx) -> dict[UUID, Due]:
    """When each falls due next."""
    known = ((row.next_due_at, _BY_NAME.get(row.command)) for row in stored.listed(tx))
    return {chore.id: Due(at, chore.command) for at, chore in known if at and chore}


def fire(tx: Tx, id: UUID, at: datetime) -> datetime | None:
    """Send off what is due, and tell when it falls due next. None: it is not set up any more."""
    chore = _BY_ID[id]
    row = stored.alone(tx, chore.name)
    if row is None or row.next_due_at is None or row.next_due_at > at:
        return row and row.next_due_at
    due = scheduling.owed(row.timing, chore.missed, row.next_due_at, at)
    for each in due:
        tick = schedules.tick_id(id, each)
        for number, command in enumerate(chore.said(each)):
            outbox.put(tx, outbox.seal(command, uuid5(tick, str(number)) if number else tick))
    following = recurrence.after(row.timing, due[-1])
    stored.move(tx, chore.name, following, due[-1])
    late = round((at - due[0]).total_seconds(), 3)
    log.info("chore.fired", message=chore.name, due_at=due[0].isoformat(), times=len(due), late=late)
    return following


def _name(wanted: tuple[type[Command], Timing]) -> str:
    return contract_of(wanted[0]).name
