"""Reports: asked for, made in parts, called off."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.canvas import Failed
from contracts.emails import Recipient
from contracts.files import File
from contracts.message import Command, Email, Event, Value
from contracts.registry import contract

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
    """A report could not be made just now, or an operator called it off. Why, the dead letters and the log of
    reports say."""

    failed_at: AwareDatetime
    again: bool
    """Whether it is tried again by itself; else an operator has to see to it."""


GatherSection = GatherSectionV1
LookAfterReport = LookAfterReportV1
MakeReport = MakeReportV1
NoteBrokenReport = NoteBrokenReportV1
ReportFailed = ReportFailedV1
ReportMade = ReportMadeV1
RevokeReport = RevokeReportV1
SectionGathered = SectionGatheredV1
WriteReport = WriteReportV1
WriteStatements = WriteStatementsV1
