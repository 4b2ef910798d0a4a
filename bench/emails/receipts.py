"""Receipts to send: three lines each, every customer another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from contracts.emails import Recipient, SendReceipt
from contracts.orders import Line

_LINES = (
    Line(sku="TEA-EG-100", name="Earl Grey, 100 g", quantity=2, unit_price=1299),
    Line(sku="POT-07", name="Teapot, 0.7 l", quantity=1, unit_price=3450),
    Line(sku="CUP-02", name="Cup, white", quantity=4, unit_price=890),
)


def receipts(count: int) -> Iterator[SendReceipt]:
    for number in range(count):
        yield SendReceipt(
            account="bench",
            order_id=UUID(int=number),
            placed_at=datetime(2026, 3, 1, 12, number % 60, tzinfo=UTC),
            recipient=Recipient(email=f"c{number}@example.com", name=f"Customer {number}", locale="en"),
            currency="EUR",
            lines=_LINES,
            total=9608,
        )


def address(number: int) -> str:
    """Of the customer with that number."""
    return f"c{number}@example.com"
