"""Load: facts become figures."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from contracts.reports import LoadLanded, SalesRecorded
from mesh import Tx, outbox
from reports.store import figures
from reports.store.landing import Range

_TOLD = 1000
"""Orders in one message: their ids take 40 bytes each, of the 64 KiB that a message may have."""


def load(landed: Sequence[LoadLanded], tx: Tx) -> None:
    """Have the figures count what landed in these places, and announce the orders that are new in them."""
    announce(figures.load(tx, [Range(each.first, each.last) for each in landed]), tx)


def announce(orders: Sequence[UUID], tx: Tx) -> None:
    """These are in the figures now."""
    now = datetime.now(UTC)
    for place in range(0, len(orders), _TOLD):
        outbox.put(tx, SalesRecorded(order_ids=tuple(orders[place : place + _TOLD]), recorded_at=now))
