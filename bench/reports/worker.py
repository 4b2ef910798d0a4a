"""From the broker to committed figures: events wait in the queue, one worker and one relay take them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import psutil

from bench.reports.ground import Ground, Wrong, check, ground, said
from bench.reports.month import Event, Month
from embedded.process import Process
from mesh import Tx, publisher
from mesh.outbox import Outgoing
from mesh.topology import routing_key

LANDED_FIRST = 0.1
"""Part of the events that land before the clock starts: imports, connections, plans."""
STALLED = 60.0
"""Seconds without any new figure after which a worker hangs."""
_BATCH = 500
_PAUSE = 0.05
"""Seconds between two looks: so exact are the times."""
_PROGRESS = """
    SELECT coalesce((SELECT max(seq) FROM landed), 0), coalesce(sum(orders + cancelled + refunds), 0)::bigint
    FROM days
"""


@dataclass(frozen=True)
class Drained:
    """How one worker did."""

    events: int
    """From the broker, in all."""
    seconds: float
    """From when a tenth had landed until the last figure was committed."""
    rate: float
    """Of the other nine tenths, a second."""
    cpu: dict[str, float]
    """Seconds of CPU for an event, starts included: of worker, relay, postgres and valkey."""
    memory: float
    """MiB of the largest process of worker and relay, at its largest."""


def measure(orders: int) -> Drained:
    """Raises Wrong."""
    month = Month(orders, orders)
    with ground() as on:
        events = _publish(on, month.events())
        before = on.used(on.valkey)
        with on.working("relay") as relay, on.working("worker") as worker, on.connect() as tx:
            seconds, memory = _drained(tx, [worker, relay], events, _due(month))
            after = on.used(on.valkey, worker, relay)
            check(tx, month)
            _check_once(tx, events, orders)
    used = {name: (value - before.get(name, 0)) / events for name, value in after.items()}
    return Drained(events, seconds, events * (1 - LANDED_FIRST) / seconds, used, memory)


def _publish(on: Ground, events: Iterator[Event]) -> int:
    """Straight to the broker, as orders' relay does: `reports migrate` has bound the queues."""
    to, count, began = publisher.connect(on.valkey.url), 0, time.monotonic()
    while batch := [_outgoing(event) for event in islice(events, _BATCH)]:
        to.publish(batch)
        count += len(batch)
    to.close()
    said(f"{count:,} events are on the broker, after {time.monotonic() - began:.0f} s")
    return count


def _outgoing(event: Event) -> Outgoing:
    return Outgoing(str(event.id), event.name, routing_key(event.name, 1), None, event.envelope, 0)


def _due(month: Month) -> int:
    """What the figures have counted at the end: orders, cancellations and refunds."""
    counted = ("orders", "cancelled", "refunds")
    return sum(value for (_, _, name), value in month.counted.items() if name in counted)


def _drained(tx: Tx, processes: Sequence[Process], events: int, due: int) -> tuple[float, float]:
    """Seconds, and MiB. Raises Wrong where nothing moves any more."""
    began, memory, last, moved = 0.0, 0.0, (0, 0), time.monotonic()
    while True:
        row = tx.execute(_PROGRESS).fetchone() or (0, 0)
        now = time.monotonic()
        if not began and row[0] >= LANDED_FIRST * events:
            began = now
        if row[1] >= due:
            return now - began, memory
        if row != last:
            last, moved = row, now
        if now - moved > STALLED:
            raise Wrong(
                f"{row[0]:,} of {events:,} events landed, {row[1]:,} of {due:,} counted, no more came"
            )
        for process in processes:
            process.raise_if_ended()
        memory = max(memory, _largest(processes))
        time.sleep(_PAUSE)


def _largest(processes: Sequence[Process]) -> float:
    roots = [psutil.Process(process.pid) for process in processes]
    tree = [each for root in roots for each in (root, *root.children(recursive=True))]
    return max(each.memory_info().rss for each in tree) / 2**20


def _check_once(tx: Tx, events: int, orders: int) -> None:
    """What landed, and which orders are said to be in the figures: each once."""
    [landed] = tx.execute("SELECT count(*) FROM landed").fetchone() or (0,)
    [counted] = tx.execute("SELECT count(*) FROM counted").fetchone() or (0,)
    if (landed, counted) != (events, orders):
        raise Wrong(f"{landed:,} of {events:,} events landed, {counted:,} of {orders:,} orders counted")
