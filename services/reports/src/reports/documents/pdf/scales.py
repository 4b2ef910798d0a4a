"""The axis of a chart: from nothing to above the most, in steps that people count in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    ticks: Sequence[int]
    """From the lowest to the highest; 0 is one of them."""

    def part(self, value: int) -> float:
        """How high it stands, 0 to 1."""
        low, high = self.ticks[0], self.ticks[-1]
        return float(Fraction(value - low, high - low))


def scale(values: Sequence[int]) -> Scale:
    low, high = min(0, *values, 0), max(0, *values, 1)
    step = _step(high - low)
    return Scale(range(low // step * step, -(-high // step) * step + 1, step))


def _step(span: int) -> int:
    """1, 2 or 5, and zeros: the smallest of which few enough are needed."""
    size = 10 ** (len(str(span)) - 2) if span >= 10 else 1
    return next(size * by for by in (1, 2, 5, 10, 20, 50, 100) if span <= size * by * (MOST_STEPS - 1))
