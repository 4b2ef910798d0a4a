"""What the mesh itself did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from reports.documents.kinds.days import OfDays


@dataclass(frozen=True, slots=True)
class Flow:
    """Messages that came by. Times are microseconds from the start of a handler to its commit; of messages
    that were handled together, the share of each. They are known to a tenth."""

    handled: int = 0
    retried: int = 0
    dead: int = 0
    """Letters."""
    p50: int | None = None
    p95: int | None = None
    """None where nothing was handled. They do not add up: each sum comes with its own."""


@dataclass(frozen=True, slots=True)
class DayFlow:
    """Of all queues."""

    day: date
    flow: Flow


@dataclass(frozen=True, slots=True)
class QueueFlow:
    """Of all days."""

    service: str
    queue: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Line:
    """Of a queue on one day: the finest there is, for those who reckon on."""

    day: date
    service: str
    queue: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Death:
    """Why messages became dead letters."""

    service: str
    message: str
    """`?`: one that the service has no handler for."""
    reason: str
    """The mesh's word for it, such as rejected."""
    letters: int


@dataclass(frozen=True, slots=True)
class Operations(OfDays):
    """What the mesh did, and what it could not do."""

    KIND: ClassVar = "operations"

    total: Flow
    previous: Flow | None = None
    """Of as many days before the first."""
    days: Sequence[DayFlow] = ()
    queues: Sequence[QueueFlow] = ()
    lines: Sequence[Line] = ()
    deaths: Sequence[Death] = ()
