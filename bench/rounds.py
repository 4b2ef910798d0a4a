"""One round: so many orders through a fresh flow, until the last effect of the last one."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import cpu
from bench.checks import check
from bench.flows import FLOWS, Flow
from bench.notes import notes

LOAD = "load generator"
POLL = 0.05
"""Seconds; counting 8,000 rows costs PostgreSQL a millisecond, and begins when the last order is accepted."""


@dataclass(frozen=True)
class Round:
    """What one round took."""

    flow: str
    orders: int
    seconds: float
    """From the first POST until every order has its mail, its sale and its timeline."""
    answering: float
    """Seconds from the first POST until the last 201."""
    cpu: Mapping[str, float]
    """Seconds of CPU by process, with its children."""
    machine: float
    """Seconds of CPU of everything on the machine."""

    @property
    def rate(self) -> float:
        """Orders fully handled per second."""
        return self.orders / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of CPU of one order, in all processes together."""
        return sum(self.cpu.values()) / self.orders


@contextmanager
def started(name: str, profiled: str | None = None) -> Iterator[Flow]:
    """A fresh flow in a directory that is gone afterwards: an error takes the ends of the logs with it."""
    with (
        tempfile.TemporaryDirectory(prefix="meshwork-bench-") as state,
        FLOWS[name](Path(state), profiled) as flow,
    ):
        try:
            yield flow
        except Exception as error:
            error.add_note("\n".join(process.log_tail() for process in flow.processes))
            raise


def measure(name: str, orders: int, connections: int, profiled: str | None) -> Round:
    """Raises Wrong where the flow did not do its work."""
    with started(name, profiled) as flow, notes(flow) as noted:
        before = cpu.read(flow.processes)
        told = _place(flow, orders, connections)
        done = noted.wait_for(orders, POLL)
        after = cpu.read(flow.processes)
        check(flow, orders)
    used = {process: after.used[process] - before.used[process] for process in after.used}
    return Round(
        flow=name,
        orders=orders,
        seconds=done - told["started"],
        answering=told["answered"] - told["started"],
        cpu=used | {LOAD: told["cpu"]},
        machine=after.machine - before.machine,
    )


def _place(flow: Flow, orders: int, connections: int) -> dict[str, float]:
    """What the load generator says of itself."""
    options = [
        f"--port={flow.port}",
        f"--orders={orders}",
        f"--connections={connections}",
        f"--key={flow.key}",
    ]
    command = [sys.executable, "-m", "bench.load", *options]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, float] = json.loads(ended.stdout)
    return told
