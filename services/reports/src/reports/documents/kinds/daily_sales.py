"""What was sold on each day."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from reports.documents.kinds.amounts import Totals, Unconverted
from reports.documents.kinds.days import OfDays
from reports.domain import Figures


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day. Days on which nothing happened may be left out."""

    day: date
    totals: Totals


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a UTC day, 0 to 23. Hours without orders may be left out."""

    day: date
    hour: int
    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class BestProduct:
    sku: str
    name: str
    items: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    """ISO 3166, two letters; empty for orders that name none."""
    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Sales:
    """All of it in one currency, the report's. Amounts are in its minor units."""

    currency: str
    days: Sequence[Day] = ()
    hours: Sequence[Hour] = ()
    previous: Totals | None = None
    """Of as many days before the first."""
    products: Sequence[BestProduct] = ()
    """The best, by revenue: as many as are to be shown."""
    countries: Sequence[Country] = ()
    """By revenue."""
    unconverted: Sequence[Unconverted] = ()

    @property
    def totals(self) -> Totals:
        return sum((day.totals for day in self.days), Totals())


@dataclass(frozen=True, slots=True)
class Paid:
    """What was sold in one of the currencies that were paid in."""

    currency: str
    orders: int
    items: int
    revenue: int


@dataclass(frozen=True, slots=True)
class DailySales(OfDays):
    """What was sold on each day: in each currency that was paid in, and in one."""

    KIND: ClassVar = "daily_sales"

    figures: Sequence[Figures]
    """By day and original currency, as the API tells them. Days without orders have none."""
    sales: Sales | None = None
    """None: nobody has converted them; then the report has the original currencies alone."""

    @property
    def paid(self) -> Sequence[Paid]:
        """All of it, by currency."""
        sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for of in self.figures:
            sums[of.currency].update(orders=of.orders, items=of.items, revenue=of.revenue)
        return [Paid(currency, **sums[currency]) for currency in sorted(sums)]
