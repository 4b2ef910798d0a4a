"""How each product sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from reports.documents.kinds.amounts import Unconverted
from reports.documents.kinds.days import OfDays


@dataclass(frozen=True, slots=True)
class Product:
    """Amounts are minor units of the report's currency."""

    sku: str
    name: str
    orders: int
    items: int
    revenue: int
    previous_items: int = 0
    previous_revenue: int = 0
    """The same of as many days before the first."""
    trend: Sequence[int] = ()
    """Revenue of equal parts of the period (days, weeks), one after the other."""


@dataclass(frozen=True, slots=True)
class ProductPerformance(OfDays):
    """How each product sells, beside the period before."""

    KIND: ClassVar = "product_performance"

    currency: str
    products: Sequence[Product]
    """In the order in which they are to be listed: by revenue, the best first."""
    unconverted: Sequence[Unconverted] = ()

    @property
    def items(self) -> int:
        return sum(product.items for product in self.products)

    @property
    def revenue(self) -> int:
        return sum(product.revenue for product in self.products)
