"""The memory of one API process under load for a long time."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bench.api import asks, fill
from bench.api.apis import mesh, prepared
from bench.api.beside import ORDERS
from bench.api.load import Load, Told, asking, told
from bench.api.measure import check

CONNECTIONS = 16
WARM = 0.2
"""The part of the time that does not count: caches fill, the allocator gets what it needs."""
FLAT = 0.05
"""The part of itself that it may grow by in an hour."""


@dataclass(frozen=True)
class Memory:
    """What was seen."""

    requests: int
    rate: float
    p99: float
    rss: Sequence[float]
    """MiB of the process, each second."""

    @property
    def slope(self) -> float:
        """MiB an hour, by least squares, when it is warm."""
        warm = self.rss[int(WARM * len(self.rss)) :]
        return 3600 * statistics.linear_regression(range(len(warm)), warm).slope

    @property
    def growth(self) -> float:
        """In an hour, as a part of the whole."""
        return self.slope / statistics.median(self.rss)


def measure(seconds: float) -> Memory:
    """Raises Wrong and Failed."""
    with prepared() as ground, mesh(ground) as api:
        fill.fill(api.url, ORDERS, fill.MESH)
        process = psutil.Process(api.programs[0].pid)
        rss, said = _watched(process, Load(api.port, asks.everything(api), CONNECTIONS, 0.0, seconds))
        check(api, ORDERS, said.answers["201"])
    return Memory(sum(said.answers.values()), said.rate, said.p99, rss)


def _watched(process: psutil.Process, load: Load) -> tuple[list[float], Told]:
    rss, begun = [], time.monotonic()
    with asking(load) as asked:
        while asked.poll() is None:
            rss.append(process.memory_info().rss / 2**20)
            time.sleep(max(begun + len(rss) - time.monotonic(), 0))
        return rss, told(asked)
