"""What is not measured when it happens, but looked at now and then: the loop, the pool, the process."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from orders.api.metrics import Together
from orders.api.state import DATABASE, METRICS, UNDERWAY
from orders.background import running

PACE = 0.1
"""Seconds. What holds the loop for longer than that is always seen."""
_EVERY = 10  # paces between two looks at the process, which takes a dozen calls of the system

_GAUGES: dict[str, tuple[Together, str]] = {
    "process_resident_memory_bytes": ("livesum", "Memory of all processes; what they share counts for each."),
    "process_open_fds": ("livemax", "Open files of the process that has the most."),
    "process_max_fds": ("livemin", "How many it may have."),
    "process_start_time_seconds": ("liveall", "When each process started, by its number, as Unix time."),
}


async def sampling(app: web.Application) -> AsyncIterator[None]:
    """As long as the application runs."""
    async with running(_sample(app, Process(app[METRICS].registry))):
        yield


async def _sample(app: web.Application, process: "Process") -> None:
    loop, metrics = asyncio.get_running_loop(), app[METRICS]
    while True:
        process.look()
        for _ in range(_EVERY):
            metrics.now(app[UNDERWAY].count, app[DATABASE].usage())
            due = loop.time() + PACE
            await asyncio.sleep(PACE)
            metrics.lag.observe(max(0.0, loop.time() - due))


class Process:
    """This process, under the names that dashboards know. Nothing where there is no /proc.

    The library would read them at each scrape, of the one process that answers it.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._collector = ProcessCollector(registry=None)
        self._cpu = Counter("process_cpu_seconds", "CPU time of all processes.", registry=registry)
        self._spent = 0.0
        self._gauges = {
            name: Gauge(name, about, multiprocess_mode=mode, registry=registry)
            for name, (mode, about) in _GAUGES.items()
        }

    def look(self) -> None:
        for family in self._collector.collect():
            value = family.samples[0].value
            if family.name in self._gauges:
                self._gauges[family.name].set(value)
            elif family.name == "process_cpu_seconds":
                self._cpu.inc(value - self._spent)
                self._spent = value
