"""A long backlog: does a queue of a million drain as fast as a short one?

What counts is the rate by what is left: with the whole backlog behind it, and down to the last order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.broker.contestants import Contestant
from bench.broker.ground import Ground
from bench.broker.measure import Wrong, compare, drained, send
from bench.flows.flow import running
from embedded.process import Process

STEP = 50_000
"""Orders whose handling is timed together, and that one sender sends."""


@dataclass(frozen=True)
class Backlog:
    """How one contestant got through it."""

    contestant: str
    orders: int
    rates: Sequence[float]
    """Orders a second, of each `STEP` in the order in which they were handled."""
    cpu: float
    """Seconds of CPU of its own processes, for each order."""
    memory: float
    """MiB of its own processes at the end."""

    @cached_property
    def spread(self) -> float:
        """By what part the last orders are faster (or slower: below 0) than the first."""
        return self.rates[-1] / self.rates[0] - 1


def measure(contestant: Contestant, ground: Ground, orders: int) -> Backlog:
    """Raises Wrong where the contestant did not do its work."""
    tally = ground.fresh(orders)
    sender = contestant.alone[0] if contestant.alone else contestant.sender
    for first in range(0, orders, STEP):
        send(sender, ground, first, min(STEP, orders - first))
    compare(contestant, ground, "are there", orders)
    workers: Sequence[Process] = contestant.workers(ground)
    with running(workers):
        drain = drained(workers, ground, tally, orders)
    compare(contestant, ground, "are left", 0)
    if faults := tally.faults(orders):
        raise Wrong(f"{contestant.name}: {faults}")
    rates = _rates(sorted(tally.handled[:orders]))
    return Backlog(contestant.name, orders, rates, drain.workers / drain.orders, drain.memory)


def _rates(times: Sequence[int]) -> list[float]:
    """Of nanoseconds. Counted from the end: what begins with the start of the workers is no whole step."""
    step = min(STEP, len(times) - 1)
    starts = reversed(range(len(times) - 1 - step, -1, -step))
    return [step / (times[at + step] - times[at]) * 1e9 for at in starts]
