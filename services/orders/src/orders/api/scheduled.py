"""The documents of schedules."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.reports import Plan
from contracts.timing import Timing
from orders import examples, fields, schedules
from orders.api.reports import By, ReportFormat, ReportKind, refuse_nobodys
from orders.documents import Document
from orders.examples import example
from orders.fields import Email, Locale, Moment, Seconds, Text
from orders.schedules import MOST_RECIPIENTS, ScheduleState


class Period(StrEnum):
    """Which days."""

    YESTERDAY = "yesterday"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    MONTH_TO_DATE = "month_to_date"


class Missed(StrEnum):
    """What becomes of times at which nothing could be sent off."""

    ONCE = "once"
    EACH = "each"


class Reader(Document, json_schema_extra=example(examples.READER)):
    """Who gets a report."""

    email: fields.Email
    """Where it goes."""
    name: Text
    """As the mail addresses them."""
    locale: Locale = "en"
    """Of the mail: a BCP 47 tag, such as en or pt-BR."""


class NewSchedule(Document, json_schema_extra=example(examples.NEW_SCHEDULE)):
    """Which report is to be made when. Say when in one way: `cron`, `every`, or `at` alone."""

    name: Text
    """For people."""
    cron: Annotated[str, Field(min_length=9, max_length=200)] | None = None
    """By the clocks of the zone: minute, hour, day of the month, month, day of the week."""
    every: Seconds | None = None
    """So many seconds apart, the first time `at`."""
    at: Moment | None = None
    """Once, if no `every` stands beside it."""
    zone: str = Field(default="UTC", max_length=64)
    """Whose clocks and days are meant: a name such as Europe/Berlin."""
    kind: ReportKind
    """What is told."""
    format: ReportFormat = ReportFormat.JSON
    """How its file is written."""
    period: Period = Period.YESTERDAY
    """Which days, as seen from when it falls due. None that is still going on, but in the last."""
    locale: Locale = "en"
    """Of the report: a BCP 47 tag."""
    customer: Email | None = None
    """Whose statement it is; null for all other kinds."""
    recipients: list[Reader] = Field(min_length=1, max_length=MOST_RECIPIENTS)
    """Who gets it."""
    by: By = By.ATTACHMENT
    """What is too large for a mail goes by link all the same."""
    each_by: By | None = None
    """How each customer gets their own of `customer_statements`; null: they do not."""
    missed: Missed = Missed.ONCE
    """Of times that were missed, `once` makes up for the last, `each` for all."""
    paused: bool = Field(default=False, strict=True)
    """Whether nothing falls due until it is resumed."""

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        refuse_nobodys(self.kind, self.customer, self.each_by)
        return self

    def timing(self) -> Timing:
        return Timing(cron=self.cron, every=self.every, at=self.at, zone=self.zone)

    def plan(self) -> Plan:
        return Plan.model_validate(self.model_dump(include=set(Plan.model_fields)))


class Run(Document, json_schema_extra=example(examples.RUN)):
    """A time at which a report was asked for."""

    due_at: datetime
    """When it fell due; of one that was asked for by hand, when that was."""
    fired_at: datetime
    """When it was asked for."""
    report_id: UUID
    """Of the report."""


class Schedule(Document, json_schema_extra=example(examples.SCHEDULE)):
    """A report that is made again and again, or once at a time."""

    id: UUID
    """It stays the same."""
    version: int
    """It grows with every change. As `If-Match: "3"`, a change is made to this version or not at all."""
    state: ScheduleState
    """How it is doing."""
    name: str
    """For people."""
    cron: str | None
    """By the clocks of the zone."""
    every: int | None
    """Seconds between two times."""
    at: datetime | None
    """The only time, or the first of those that come `every` so often."""
    zone: str
    """Whose clocks and days are meant."""
    kind: str
    """What is told."""
    format: str
    """How its file is written."""
    period: Period
    """Which days."""
    locale: str
    """Of the report."""
    customer: str | None
    """Whose statement it is; null for all other kinds."""
    recipients: list[Reader]
    """Who gets it."""
    by: By
    """How it comes."""
    each_by: By | None
    """How each customer gets their own; null: they do not."""
    missed: Missed
    """What becomes of times at which nothing could be sent off."""
    next_due_at: datetime | None
    """Null: it is paused, or has had its last time."""
    last_run: Run | None
    """Null: there was none yet."""
    confirmed: bool
    """Whether the service that makes reports has it as it is here."""
    created_at: datetime
    """When it was heard of first."""

    @classmethod
    def of(cls, schedule: schedules.Schedule) -> Self:
        said = schedule.said
        return cls.model_construct(
            **said.timing.model_dump(),
            **said.plan.model_dump(),
            id=schedule.id,
            version=schedule.version,
            state=schedule.state,
            name=said.name,
            missed=Missed(said.missed),
            next_due_at=schedule.next_due_at,
            last_run=schedule.last_run and Run.model_validate(schedule.last_run),
            confirmed=schedule.confirmed,
            created_at=schedule.created_at,
        )


class Schedules(Document, json_schema_extra=example(examples.SCHEDULES)):
    """All that an account has."""

    schedules: list[Schedule]
    """By age."""
