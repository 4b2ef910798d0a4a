"""What reports announces."""

from uuid import UUID

from pydantic import AwareDatetime

from contracts.message import Event
from contracts.registry import contract


@contract("reports.sales_recorded", version=1)
class SalesRecordedV1(Event):
    """These orders are in the sales figures now. One event for a whole batch of orders."""

    order_ids: tuple[UUID, ...]
    recorded_at: AwareDatetime


SalesRecorded = SalesRecordedV1
