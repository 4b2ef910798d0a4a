"""Idle latency: one order at a time, from the first byte of its POST until its mail has arrived."""

import socket
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from bench.checks import check
from bench.client import HOST, reply_in
from bench.flows import Flow
from bench.medians import percentiles
from bench.notes import Notes, notes
from bench.orders import address, request
from bench.rounds import started

PAUSE = 0.020
"""Seconds from the last effect of an order until the next: nothing is warm from work that overlaps."""
WARM_UP = 20  # orders that are not counted: first connections, first imports, statements not yet prepared


@dataclass(frozen=True)
class Latency:
    """Milliseconds from order to mail."""

    flow: str
    orders: int
    p50: float
    p90: float
    p99: float


def measure(name: str, orders: int) -> Latency:
    """Place orders one by one in a fresh flow. Raises Wrong."""
    with started(name) as flow:
        sent = _place_slowly(flow, WARM_UP + orders)
        check(flow, WARM_UP + orders)
        arrived = _arrivals(flow)
    took = [(arrived[address(number)] - at) * 1000 for number, at in enumerate(sent)]
    return _summary(name, took[WARM_UP:])


def _place_slowly(flow: Flow, orders: int) -> list[float]:
    """When each order was sent, in Unix time."""
    with socket.create_connection((HOST, flow.port)) as connection, notes(flow) as noted:
        return [_place(connection, noted, number, request(number, flow.key)) for number in range(orders)]


def _place(connection: socket.socket, noted: Notes, number: int, wanted: bytes) -> float:
    sent = time.time()
    connection.sendall(wanted)
    received = b""
    while reply_in(received) is None:
        received += connection.recv(65536)
    noted.wait_for(number + 1, pause=PAUSE / 4)
    time.sleep(PAUSE)
    return sent


def _arrivals(flow: Flow) -> dict[str, float]:
    """When the catcher had each recipient's mail, in Unix time: of the same machine, so of the same clock."""
    with closing(sqlite3.connect(f"file:{flow.mails}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("SELECT recipients, received FROM mails").fetchall())


def _summary(name: str, took: Sequence[float]) -> Latency:
    return Latency(name, len(took), *percentiles(took))
