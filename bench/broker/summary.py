"""Rounds of one contestant in one: medians."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.broker.measure import Measurement

STOCK, SOLO, DRAMATIQ, FASTSTREAM, FLOOR = (
    "Celery, prefork",
    "Celery, solo",
    "dramatiq",
    "FastStream, batch",
    "bare client",
)


@dataclass(frozen=True)
class Summary:
    """One row of the table."""

    contestant: str
    published: float
    """Orders a second, of all rounds of all contestants that send in the same way."""
    drained: float
    """Orders a second."""
    rounds: Sequence[float]
    """What it is the median of."""
    workers: float
    """Seconds of CPU of the contestant's own processes, for each order."""
    servers: float
    """The same of broker and database."""
    memory: float
    """MiB."""
    others: float
    """The part of one core that anything else on the machine took meanwhile."""
    idle: dict[str, list[float]]
    """Milliseconds of all rounds, by sender."""

    @property
    def latency(self) -> Sequence[float]:
        """Milliseconds, sent to the broker itself."""
        return next(iter(self.idle.values()), [])


def summaries(measurements: Sequence[Measurement]) -> dict[str, Summary]:
    """By contestant, in the order in which they ran first."""
    names = dict.fromkeys(m.contestant for m in measurements)
    return {name: _summary(name, measurements) for name in names}


def _summary(name: str, measurements: Sequence[Measurement]) -> Summary:
    own = [m for m in measurements if m.contestant == name]

    def median(of: Callable[[Measurement], float]) -> float:
        return statistics.median(map(of, own))

    return Summary(
        contestant=name,
        published=statistics.median(m.published for m in measurements if m.sender == own[0].sender),
        drained=median(_rate),
        rounds=[*map(_rate, own)],
        workers=median(lambda m: m.drain.workers / m.drain.orders),
        servers=median(lambda m: m.drain.servers / m.drain.orders),
        memory=median(lambda m: m.drain.memory),
        others=median(lambda m: m.drain.others / m.drain.seconds),
        idle={sender: [ms for m in own for ms in m.idle[sender]] for sender in own[0].idle},
    )


def _rate(measurement: Measurement) -> float:
    return measurement.drain.orders / measurement.drain.seconds
