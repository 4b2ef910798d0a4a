"""What reports obeys and announces."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.canvas import Failed
from contracts.emails import Recipient
from contracts.files import File
from contracts.flow import Flow
from contracts.message import Command, Email, Event, Value
from contracts.registry import contract
from contracts.timing import Timing

ReportKind = Literal[
    "daily_sales",
    "product_performance",
    "customer_statement",
    "customer_statements",
    "refunds",
    "operations",
]
"""customer_statements: an archive with those of all customers who ordered or got something back then."""
ReportFormat = Literal["json", "csv", "xlsx", "pdf"]
Delivery = Literal["attachment", "link"]
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


@contract("reports.sales_recorded", version=1)
class SalesRecordedV1(Event):
    """These orders are in the sales figures now. One event for a whole batch of orders."""

    order_ids: tuple[UUID, ...]
    recorded_at: AwareDatetime


class Places(Command):
    """Something is to be done with what landed there."""

    first: int
    last: int
    """Places in the landing table of reports, both of them included."""


@contract("reports.transform_landed", version=1)
class TransformLandedV1(Places):
    """What landed is to become facts. Again changes nothing."""


@contract("reports.load_landed", version=1)
class LoadLandedV1(Places):
    """The facts in what landed are to be counted by the figures. Again counts nothing twice."""


@contract("reports.fetch_rates", version=1)
class FetchRatesV1(Command):
    """Exchange rates are to be fetched, if there are new ones: once a day. Again changes nothing."""

    source: str | None = None
    """The name of one source. None: all of them, each by itself."""


@contract("reports.transform_rates", version=1)
class TransformRatesV1(Command):
    """A document with exchange rates landed. Again changes nothing."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal."""


@contract("reports.recount_day", version=1)
class RecountDayV1(Command):
    """Facts and figures of a day are to be made again from what landed. Again changes nothing."""

    day: date
    """UTC's."""


@contract("reports.take_files", version=1)
class TakeFilesV1(Command):
    """Files with orders of elsewhere are to be taken from their folder. Again changes nothing."""


@contract("reports.reconcile_day", version=1)
class ReconcileDayV1(Command):
    """The orders of a day are to be compared with those of the orders service. Again changes nothing."""

    day: date | None = None
    """UTC's. None: yesterday, once the command is obeyed."""


@contract("reports.make_report", version=1)
class MakeReportV1(Command):
    """Somebody wants a report; what comes of it is announced."""

    report_id: UUID
    account: str | None
    """Whose figures. Null: those of all accounts together, which nobody of them may ask for."""
    kind: ReportKind
    format: ReportFormat
    first_day: date
    last_day: date
    """Days are UTC's, and this one is in it."""
    locale: str = "en"
    """Of the report: a BCP 47 tag."""
    customer: Email | None = Field(default=None, repr=False)  # personal: not in logs or task reprs
    """Whose statement it is; null: the kind is about nobody."""
    deliver_to: tuple[Recipient, ...] = ()
    """Each gets a mail with it, as soon as it is made."""
    by: Delivery = "attachment"
    each_by: Delivery | None = None
    """Of customer_statements: how each customer gets theirs by mail. Null: nobody does."""


@contract("reports.revoke_report", version=1)
class RevokeReportV1(Command):
    """Nobody wants that report any more. It may come before what asks for it."""

    report_id: UUID


class Section(Value):
    """A part of what a report tells, gathered."""

    name: str
    file: File
    """Its figures, for reports alone to read."""


@contract("reports.gather_section", version=1, replies=Section, lanes=("heavy",))
class GatherSectionV1(Command):
    """A part of a report that somebody wants is to be gathered. Again changes nothing."""

    report_id: UUID
    section: str


@contract("reports.write_statements", version=1, lanes=("heavy",))
class WriteStatementsV1(Command):
    """Some of the statements of all customers are to be written. Again changes nothing."""

    report_id: UUID
    first: int
    last: int
    """Their numbers, both of them included."""


class Written(Value):
    """What a report became."""

    file: File


@contract("reports.write_report", version=1, replies=Written, lanes=("heavy",))
class WriteReportV1(Command):
    """All parts of a report are gathered: it is to be written. Again changes nothing."""

    report_id: UUID
    replies: tuple[Section, ...]


@contract("reports.look_after_report", version=1)
class LookAfterReportV1(Command):
    """A report may have stopped on its way: if it is not made, what was not done is to be."""

    report_id: UUID


@contract("reports.note_broken_report", version=1)
class NoteBrokenReportV1(Command):
    """A step of making a report was not handled."""

    report_id: UUID
    part: str
    failed: Failed


class _Parts(Event):
    """Something about one of the parts in which a report is made."""

    report_id: UUID
    part: str | None = None
    """Null: the report as a whole."""
    parts: tuple[str, ...] = ()
    """All that are gathered for it, in their order."""


@contract("reports.section_gathered", version=1)
class SectionGatheredV1(_Parts):
    """A part of a report is there."""

    gathered_at: AwareDatetime


@contract("reports.report_made", version=1)
class ReportMadeV1(Event):
    """A report lies in the file store."""

    report_id: UUID
    made_at: AwareDatetime
    file: File


@contract("reports.report_failed", version=1)
class ReportFailedV1(_Parts):
    """A report could not be made just now. Why, the dead letters and the log of reports say."""

    failed_at: AwareDatetime
    again: bool
    """Whether it is tried again by itself; else an operator has to see to it."""


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


@contract("reports.note_flow", version=1)
class NoteFlowV1(Flow):
    """Reports of operations are to count this, too: what the workers of a service did since it told last."""


FetchRates = FetchRatesV1
GatherSection = GatherSectionV1
LoadLanded = LoadLandedV1
LookAfterReport = LookAfterReportV1
MakeReport = MakeReportV1
NoteBrokenReport = NoteBrokenReportV1
NoteFlow = NoteFlowV1
ReconcileDay = ReconcileDayV1
RecountDay = RecountDayV1
ReportFailed = ReportFailedV1
RemoveSchedule = RemoveScheduleV1
ReportMade = ReportMadeV1
RevokeReport = RevokeReportV1
RunSchedule = RunScheduleV1
RunScheduleNow = RunScheduleNowV1
SalesRecorded = SalesRecordedV1
ScheduleChanged = ScheduleChangedV1
ScheduleFired = ScheduleFiredV1
ScheduleRemoved = ScheduleRemovedV1
SectionGathered = SectionGatheredV1
SetSchedule = SetScheduleV1
TakeFiles = TakeFilesV1
TransformLanded = TransformLandedV1
TransformRates = TransformRatesV1
WriteReport = WriteReportV1
WriteStatements = WriteStatementsV1
