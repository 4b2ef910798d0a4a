"""Schedules: reports that an account has made again and again, or once at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.reports import SetSchedule
from orders.domain import Refused

MOST_SCHEDULES = 50
"""Of one account."""
MOST_RECIPIENTS = 20
"""Of one schedule."""


class ScheduleState(StrEnum):
    """How it is doing."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    """It has had its last time."""


class TooManySchedules(Refused):
    """The account has all the schedules that it may have."""

    def __init__(self) -> None:
        super().__init__(f"An account has {MOST_SCHEDULES} schedules at the most.")


class NeverDue(Refused):
    """What was said is no time, or one that does not come."""


@dataclass(frozen=True, slots=True)
class Run:
    """A time at which it had a report made."""

    due_at: datetime
    fired_at: datetime
    report_id: UUID


@dataclass(frozen=True, slots=True)
class Schedule:
    said: SetSchedule
    version: int
    """Grows by one with every change of what was said."""
    created_at: datetime
    confirmed: bool
    """Whether reports has it as it is here."""
    next_due_at: datetime | None
    """None: it is paused, or has had its last time."""
    last_run: Run | None

    @property
    def id(self) -> UUID:
        return self.said.schedule_id

    @property
    def state(self) -> ScheduleState:
        if self.said.paused:
            return ScheduleState.PAUSED
        return ScheduleState.ACTIVE if self.next_due_at else ScheduleState.ENDED
