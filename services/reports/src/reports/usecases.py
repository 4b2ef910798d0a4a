"""What reports does. Each function gets a transaction and leaves the commit to its caller."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from contracts.orders import OrderPlaced
from contracts.reports import SalesRecorded
from mesh import Tx, outbox
from reports import store
from reports.domain import Figures


def record_sales(placed: Sequence[OrderPlaced], tx: Tx) -> None:
    """Add orders to the figures of their days, and announce it once for all of them."""
    sums: dict[tuple[date, str], Figures] = {}
    for figures in map(_figures, placed):
        key = figures.day, figures.currency
        sums[key] = sums[key] + figures if key in sums else figures
    store.add(tx, sums.values())
    ids = tuple(order.order_id for order in placed)
    outbox.put(tx, SalesRecorded(order_ids=ids, recorded_at=datetime.now(UTC)))


def sales(day: date, tx: Tx) -> list[Figures]:
    """The figures of a UTC day, one for each currency."""
    return store.of(tx, day)


def _figures(order: OrderPlaced) -> Figures:
    day = order.placed_at.astimezone(UTC).date()
    items = sum(line.quantity for line in order.lines)
    return Figures(day, order.currency, 1, items, order.total)
