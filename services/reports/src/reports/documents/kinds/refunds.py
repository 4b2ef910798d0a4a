"""What was paid back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from reports.documents.kinds.amounts import Money, Unconverted
from reports.documents.kinds.days import OfDays


@dataclass(frozen=True, slots=True)
class Refund:
    at: datetime
    ordered_at: datetime
    order: str
    """Its number, as people know it."""
    customer: str
    reason: str
    """As it was given; empty where none was."""
    amount: int
    """In minor units of the report's currency."""
    original: Money
    """As it was paid."""


@dataclass(frozen=True, slots=True)
class RefundDay:
    day: date
    refunds: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Reason:
    reason: str
    """As it was given; empty where none was."""
    refunds: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Refunds(OfDays):
    """What was paid back, of what was sold in the same time."""

    KIND: ClassVar = "refunds"

    currency: str
    days: Sequence[RefundDay]
    reasons: Sequence[Reason]
    """For which most was paid back, beginning with that."""
    refunds: Sequence[Refund]
    """One after the other; only the largest, beginning with that, where there is no room for all."""
    waited: int | None = None
    """Whole days from an order to its refund: the median."""
    orders: int = 0
    """Placed in that time."""
    revenue: int = 0
    """Of those orders."""
    previous_refunds: int | None = None
    previous_refunded: int | None = None
    """The same of as many days before the first."""
    unconverted: Sequence[Unconverted] = ()

    @property
    def count(self) -> int:
        return sum(day.refunds for day in self.days)

    @property
    def refunded(self) -> int:
        return sum(day.refunded for day in self.days)
