"""Many numbers in few."""

import statistics
from collections.abc import Sequence
from typing import Any


def median(of: Sequence[Any], name: str) -> float:
    """Of the attribute that they have by that name."""
    return statistics.median(getattr(one, name) for one in of)


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, 90th and 99th of at least two."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[89], cuts[98]
