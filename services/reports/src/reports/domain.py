"""Sales figures: what they are and how they add up. The standard library and nothing else."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Figures:
    """The sales of one UTC day in one currency."""

    day: date
    currency: str
    orders: int
    items: int
    revenue: int
    """In minor units."""

    def __add__(self, other: "Figures") -> "Figures":
        if (self.day, self.currency) != (other.day, other.currency):
            raise ValueError("figures of different days or currencies do not add up")
        return Figures(
            self.day,
            self.currency,
            self.orders + other.orders,
            self.items + other.items,
            self.revenue + other.revenue,
        )
