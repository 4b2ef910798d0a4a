"""Waiting for the end: notes on timelines are written last, after the mail or the sale that each tells of."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.flows import Flow

PER_ORDER = 2
"""«receipt sent» and «sale recorded»."""
STALLED = 60.0
"""Seconds without a new note after which something hangs, and says nothing."""


class Stalled(Exception):
    """The flow stopped before it was through."""


class Notes:
    """Counts them, over one connection."""

    def __init__(self, flow: Flow, connection: psycopg.Connection[tuple[int]]) -> None:
        self._flow = flow
        self._connection = connection

    def wait_for(self, orders: int, pause: float) -> float:
        """Until that many orders are through, looking every `pause` seconds. Returns the Unix time.

        Raises Stalled, and StartFailed where a process died.
        """
        noted, since = 0, time.monotonic()
        while (found := self._count()) < PER_ORDER * orders:
            self._flow.check_alive()
            if found > noted:
                noted, since = found, time.monotonic()
            if time.monotonic() - since > STALLED:
                raise Stalled(f"{noted} of {PER_ORDER * orders} notes, and none for {STALLED:.0f} s")
            time.sleep(pause)
        return time.time()

    def _count(self) -> int:
        row = self._connection.execute("SELECT count(*) FROM timeline").fetchone()
        return row[0] if row else 0


@contextmanager
def notes(flow: Flow) -> Iterator[Notes]:
    """For as long as the flow runs."""
    with psycopg.connect(flow.orders_url, autocommit=True) as connection:
        yield Notes(flow, connection)
