"""Orders: what they are, and what holds for them. The standard library and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MOST_LINES = 100
MOST_QUANTITY = 10_000
MOST_PRICE = 10**12
"""Minor units. A line of the most of everything still fits a 64-bit sum."""


@dataclass(frozen=True, slots=True)
class Customer:
    email: str
    name: str
    locale: str
    """A BCP 47 tag."""


@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    name: str
    quantity: int
    unit_price: int
    """In minor units of the order's currency."""

    @property
    def total(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Order:
    id: UUID
    placed_at: datetime
    customer: Customer
    currency: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """In minor units of the currency."""
        return sum(line.total for line in self.lines)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one service did for an order, and when."""

    order_id: UUID
    at: datetime
    service: str
    what: str
