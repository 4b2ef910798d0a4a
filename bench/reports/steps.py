"""From the landing table to committed figures: the worker's two steps, without the worker around them.

steps = Steps(on, landed)
steps.take(100_000, connections=2)      # the next ones
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice

import psutil

from bench.reports.ground import REPORTING, Ground, check, land, said
from bench.reports.month import Month
from contracts.reports import LoadLanded, TransformLanded
from mesh import Tx
from reports.usecases import loading, transforming

LANDED = 500
"""Events that land together, at the most: `batch` of reports' handlers."""
TOGETHER = 20
"""Ranges that one transaction takes, at the most: `batch` of its steps."""
IN_TABLES = (1, 4)
"""Events in the tables when it is measured, in orders of a month: with a million orders, millions."""
EACH_ORDER = 2.054
"""Events, on average."""


@dataclass(frozen=True)
class Taken:
    """How it went with some events."""

    before: int
    """Events that the figures had when it began."""
    connections: int
    events: int
    rate: float
    """Events a second."""
    cpu: float
    """Seconds of CPU for an event, of the backends that the connections have."""
    server: float
    """The same of all of PostgreSQL: with checkpoints, WAL and vacuum."""


class Steps:
    """What has landed, taken in turns."""

    def __init__(self, on: Ground, landed: int) -> None:
        self._on, self.landed = on, landed
        self.done = 0
        self._ranges = _ranges(landed)

    def take(self, events: int, connections: int) -> Taken:
        """The next so many. Batches go to whichever connection is through with its last one."""
        before, batches = self.done, list(islice(self._ranges, -(-events // (LANDED * TOGETHER))))
        queue = iter(batches)
        with ExitStack() as stack, ThreadPoolExecutor(connections) as pool:
            txs = [stack.enter_context(self._on.connect()) for _ in range(connections)]
            backends = [psutil.Process(tx.info.backend_pid) for tx in txs]
            used, began = self._on.used()["postgres"], time.monotonic()
            list(pool.map(lambda tx: _work(tx, queue), txs))
            seconds = time.monotonic() - began
            server = self._on.used()["postgres"] - used
            own = sum(sum(backend.cpu_times()[:2]) for backend in backends)
        self.done = batches[-1][-1][1]
        count = self.done - before
        return Taken(before, connections, count, count / seconds, own / count, server / count)


def _ranges(landed: int) -> Iterator[list[tuple[int, int]]]:
    for first in range(1, landed + 1, LANDED * TOGETHER):
        last = min(first + LANDED * TOGETHER - 1, landed)
        yield [(at, min(at + LANDED - 1, last)) for at in range(first, last + 1, LANDED)]


def _work(tx: Tx, queue: Iterator[Sequence[tuple[int, int]]]) -> None:
    for (
        batch
    ) in queue:  # next() of a list's iterator is one step of the interpreter: nobody takes a batch twice
        with tx.transaction():
            transforming.transform([TransformLanded(first=a, last=b) for a, b in batch], tx, REPORTING)
        with tx.transaction():
            loading.load([LoadLanded(first=a, last=b) for a, b in batch], tx)


def orders_for(orders: int, rounds: int) -> int:
    """So many have to land for all that is measured."""
    whole, timed = LANDED * TOGETHER, 2 * rounds * _each(orders)
    events = 0
    for many in IN_TABLES:
        events = max(events, many * orders + whole) + timed
    return int(events / EACH_ORDER * 1.02) + 1000


def _each(orders: int) -> int:
    return max(orders // 10, 2 * LANDED * TOGETHER)


def measure(on: Ground, steps: Steps, orders: int, rounds: int) -> list[Taken]:
    """With few and with many events in the tables, one connection and two, in turns."""
    found = []
    for million in IN_TABLES:
        if steps.done < million * orders:
            between = steps.take(million * orders - steps.done, 2)
            said(f"{steps.done:,} events are in the figures; {between.rate:,.0f}/s on the way")
        for _ in range(rounds):
            for connections in (1, 2):
                one = steps.take(_each(orders), connections)
                said(
                    f"after {one.before:,} events, {connections} connections: {one.rate:,.0f}/s,"
                    f" {1e6 * one.cpu:.1f} us of CPU each, {1e6 * one.server:.1f} of all PostgreSQL"
                )
                found.append(one)
    return found


def filled(on: Ground, month: Month) -> Steps:
    """What has landed of that month, and waits to be transformed."""
    began = time.monotonic()
    with on.connect() as tx:
        tx.execute("SET statement_timeout = 0")
        landed = land(tx, month.events())
    said(f"{landed:,} events of {month.orders:,} orders landed in {time.monotonic() - began:.0f} s")
    return Steps(on, landed)


def finish(on: Ground, steps: Steps, month: Month) -> None:
    """Raises Wrong."""
    if steps.done < steps.landed:
        rest = steps.take(steps.landed, 2)
        said(f"all {steps.landed:,} events are in the figures; {rest.rate:,.0f}/s on the way")
    with on.connect() as tx:
        check(tx, month)
