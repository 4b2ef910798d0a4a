"""Rounds of one API in one: medians."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.api.measure import Measurement

Case = tuple[str, str, int]
"""API, what it was asked, and over how many connections."""


@dataclass(frozen=True)
class Summary:
    rate: float
    """Answers a second."""
    rates: Sequence[float]
    """What it is the median of."""
    p50: float
    p99: float
    """Milliseconds."""
    cpu: Mapping[str, float]
    """Milliseconds for each answer, by process: the last word of its name."""
    others: float
    """Of one core."""


def summaries(measurements: Sequence[Measurement]) -> dict[Case, Summary]:
    """In the order in which they ran first."""
    cases: dict[Case, list[Measurement]] = {}
    for one in measurements:
        cases.setdefault((one.api, one.what, one.connections), []).append(one)
    return {case: _summary(rounds) for case, rounds in cases.items()}


def _summary(rounds: Sequence[Measurement]) -> Summary:
    return Summary(
        rate=statistics.median(one.rate for one in rounds),
        rates=[one.rate for one in rounds],
        p50=statistics.median(one.p50 for one in rounds),
        p99=statistics.median(one.p99 for one in rounds),
        cpu={name.split()[-1]: statistics.median(one.cpu[name] for one in rounds) for name in rounds[0].cpu},
        others=statistics.median(one.others for one in rounds),
    )
