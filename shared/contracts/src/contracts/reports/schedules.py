"""Schedules: reports that are made again and again, or once at a time."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.emails import Recipient
from contracts.message import Command, Email, Event, Value
from contracts.registry import contract
from contracts.reports.making import Delivery, ReportFormat, ReportKind
from contracts.timing import Timing

Period = Literal["yesterday", "last_week", "last_month", "month_to_date"]
Missed = Literal["once", "each"]


class Plan(Value):
    """Which report a schedule has made, and who gets it."""

    kind: ReportKind
    format: ReportFormat
    locale: str
    """Of the report: a BCP 47 tag, such as en or pt-BR."""
    customer: Email | None = Field(default=None, repr=False)
    """Whose statement it is; null: the kind is about nobody."""
    period: Period
    """Which days, as seen from when it falls due. None that is still going on, but in the last."""
    recipients: tuple[Recipient, ...]
    by: Delivery
    each_by: Delivery | None = None
    """Of customer_statements: how each customer gets theirs by mail. Null: nobody does."""


class _Said(Value):
    """All that a schedule is."""

    schedule_id: UUID
    account: str | None
    """Whose figures. Null: those of all accounts together, which nobody of them may ask for."""
    said_at: AwareDatetime
    """The latest word holds, in whatever order they come; none brings back what was removed."""
    name: str
    """For people."""
    timing: Timing
    missed: Missed
    """What becomes of times at which nothing could be sent off: the last of them is made up for, or each."""
    paused: bool
    plan: Plan


@contract("reports.set_schedule", version=1)
class SetScheduleV1(_Said, Command):
    """A report is to be made again and again, or once at a time; or otherwise than before."""


@contract("reports.remove_schedule", version=1)
class RemoveScheduleV1(Command):
    """A schedule is not wanted any more. That is for good, whatever is said of it before and after."""

    schedule_id: UUID
    account: str | None
    removed_at: AwareDatetime


@contract("reports.run_schedule_now", version=1)
class RunScheduleNowV1(Command):
    """Somebody wants what a schedule makes at this moment, beside what falls due, and paused or not."""

    schedule_id: UUID
    account: str | None
    asked_at: AwareDatetime
    """Taken for the time at which it falls due."""


@contract("reports.run_schedule", version=1)
class RunScheduleV1(Command):
    """A schedule has fallen due. Its id follows from both: sent twice, it is the same message."""

    schedule_id: UUID
    due_at: AwareDatetime


@contract("reports.schedule_changed", version=1)
class ScheduleChangedV1(_Said, Event):
    """A schedule is so from now on."""

    next_due_at: AwareDatetime | None
    """Null: it is paused, or has had its last time."""


@contract("reports.schedule_removed", version=1)
class ScheduleRemovedV1(Event):
    """There is no such schedule any more, and never will be again."""

    schedule_id: UUID
    account: str | None
    removed_at: AwareDatetime


@contract("reports.schedule_fired", version=1)
class ScheduleFiredV1(Event):
    """A report was asked for by a schedule."""

    schedule_id: UUID
    account: str | None
    due_at: AwareDatetime
    fired_at: AwareDatetime
    report_id: UUID
    next_due_at: AwareDatetime | None
    """Null: it is paused, or has had its last time."""


RemoveSchedule = RemoveScheduleV1
RunSchedule = RunScheduleV1
RunScheduleNow = RunScheduleNowV1
ScheduleChanged = ScheduleChangedV1
ScheduleFired = ScheduleFiredV1
ScheduleRemoved = ScheduleRemovedV1
SetSchedule = SetScheduleV1
