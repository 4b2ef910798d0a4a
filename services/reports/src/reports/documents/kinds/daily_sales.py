"""What was sold on each day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from reports.documents.kinds.amounts import Totals, Unconverted
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
class DailySales:
    """What was sold on each day: in each currency that was paid in, and in one."""

    KIND: ClassVar = "daily_sales"

    first_day: date
    last_day: date
    figures: Sequence[Figures]
    """By day and original currency, as the API tells them. Days without orders have none."""
    sales: Sales | None = field(default=None)
    """None: nobody has converted them; then the report has the original currencies alone."""

    @property
    def name(self) -> str:
        """Without what says its format."""
        return f"daily-sales-{self.first_day}-{self.last_day}"
