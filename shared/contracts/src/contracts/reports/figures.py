"""From events and other sources to figures."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from contracts.flow import Flow
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


@contract("reports.note_flow", version=1)
class NoteFlowV1(Flow):
    """Reports of operations are to count this, too: what the workers of a service did since it told last."""


FetchRates = FetchRatesV1
LoadLanded = LoadLandedV1
NoteFlow = NoteFlowV1
ReconcileDay = ReconcileDayV1
RecountDay = RecountDayV1
SalesRecorded = SalesRecordedV1
TakeFiles = TakeFilesV1
TransformLanded = TransformLandedV1
TransformRates = TransformRatesV1
