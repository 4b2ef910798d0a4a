"""What all kinds are made of: money with its currency, sums, and what could not be converted."""

from dataclasses import astuple, dataclass
from decimal import Decimal
from operator import add


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency of its own, whatever the report's is."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What was sold in some time. Amounts are minor units of the report's currency."""

    orders: int = 0
    items: int = 0
    revenue: int = 0
    """Of all that was ordered, also of what was cancelled later."""
    cancelled: int = 0
    """Orders."""
    cancelled_revenue: int = 0
    refunds: int = 0
    """How many there were."""
    refunded: int = 0

    @property
    def net(self) -> int:
        """What stays of the revenue."""
        return self.revenue - self.cancelled_revenue - self.refunded

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Unconverted:
    """Orders, or refunds, that are in no figure of the report: there was no rate for their currency."""

    currency: str
    count: int
    amount: int
    """In minor units of that currency."""


def ratio(part: int, whole: int) -> float | None:
    """None where it says nothing: of nothing, or beyond all numbers."""
    try:
        return part / whole
    except (ZeroDivisionError, OverflowError):
        return None


def change(now: int, before: int | None) -> float | None:
    """By which part of `before` it is more (or less). None where there is nothing to compare with."""
    return None if before is None else ratio(now - before, abs(before))


def major(minor: int, digits: int) -> Decimal:
    """Of an amount in minor units, exactly, whatever its size."""
    return Decimal(f"{minor}E-{digits}")
