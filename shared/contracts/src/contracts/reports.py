"""What reports obeys and announces."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from contracts.files import File
from contracts.message import Command, Event
from contracts.registry import contract


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
    account: str
    """Whose figures."""
    kind: Literal["daily_sales"]
    format: Literal["json", "csv"]
    first_day: date
    last_day: date
    """Days are UTC's, and this one is in it."""


@contract("reports.revoke_report", version=1)
class RevokeReportV1(Command):
    """Nobody wants that report any more. It may come before what asks for it."""

    report_id: UUID


@contract("reports.report_made", version=1)
class ReportMadeV1(Event):
    """A report lies in the file store."""

    report_id: UUID
    made_at: AwareDatetime
    file: File


@contract("reports.report_failed", version=1)
class ReportFailedV1(Event):
    """A report could not be made just now. Why, the dead letters and the log of reports say."""

    report_id: UUID
    failed_at: AwareDatetime
    again: bool
    """Whether it is tried again by itself; else an operator has to see to it."""


FetchRates = FetchRatesV1
LoadLanded = LoadLandedV1
MakeReport = MakeReportV1
ReconcileDay = ReconcileDayV1
RecountDay = RecountDayV1
ReportFailed = ReportFailedV1
ReportMade = ReportMadeV1
RevokeReport = RevokeReportV1
SalesRecorded = SalesRecordedV1
TakeFiles = TakeFilesV1
TransformLanded = TransformLandedV1
TransformRates = TransformRatesV1
