"""Each report in each format, in a process of its own, beside a script with pandas."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import emails.tasks as emails
import orders.tasks as orders
import reports.tasks as reports
from bench.reports.ground import Ground, Wrong, said
from bench.reports.month import DAYS, FIRST
from reports.store import flow
from reports.store.flow import HANDLED, Row

FORMATS = ("json", "csv", "xlsx", "pdf")
KINDS = ("daily_sales", "product_performance", "refunds", "customer_statement", "operations")
SAMPLES = {"product_performance": 10_000, "customer_statement": 5_000}
"""Lines of a sample, where the month's own report is short."""


CONSUMERS = {"orders": orders.consumer, "emails": emails.consumer, "reports": reports.consumer}
BUCKETS = range(30, 52)
"""Of times: with all messages of the mesh, some thousand sums a day."""


@dataclass(frozen=True)
class Made:
    """One file."""

    who: str
    """Whose: the mesh's, or that of pandas."""
    kind: str
    format: str
    lines: int
    """Of a sample. 0: gathered from the month's figures."""
    seconds: float
    """From the start of the process to its end."""
    cpu: float
    """Seconds, of the process; PostgreSQL's are not in it."""
    memory: float
    """MiB, at its largest."""
    size: int
    """Bytes of the file."""


def measure(on: Ground, rounds: int) -> list[Made]:
    """Raises Wrong where pandas' CSV says something else."""
    _work(on)
    found = []
    for _ in range(rounds):
        found += [_made(on, "mesh", kind, format) for kind in KINDS for format in FORMATS]
        found += [_made(on, "pandas", "daily_sales", format) for format in ("csv", "xlsx")]
        _compare(on)
        found += [_made(on, "mesh", kind, "pdf", lines) for kind, lines in SAMPLES.items()]
    return found


def _work(on: Ground) -> None:
    """What workers tell of such a month: so many of each message, in each time, on each day."""
    rows = [
        Row(FIRST + timedelta(day), service, f"{service}.v1", name, HANDLED, bucket, 1000)
        for day in range(DAYS)
        for service, consumer in CONSUMERS.items()
        for name in consumer.handlers
        for bucket in BUCKETS
    ]
    with on.connect() as tx, tx.transaction():
        flow.add(tx, rows)


def _made(on: Ground, who: str, kind: str, format: str, lines: int = 0) -> Made:
    file = on.folder / f"{who}-{kind}.{format}"
    module = ["bench.reports.make", kind] if who == "mesh" else ["bench.reports.usual"]
    sample = [f"--sample={lines}"] if lines else []
    began = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-m", *module, format, file, *sample],
        env=os.environ | on.told,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, used = time.monotonic() - began, json.loads(told.stdout)
    one = Made(who, kind, format, lines, seconds, used["cpu"], used["memory"], file.stat().st_size)
    of = f" of {lines:,} lines" if lines else ""
    said(f"{who}: {kind}.{format}{of}: {seconds:.2f} s, {one.cpu:.2f} s of CPU, {one.memory:.0f} MiB")
    return one


def _compare(on: Ground) -> None:
    ours, theirs = (on.folder / f"{who}-daily_sales.csv" for who in ("mesh", "pandas"))
    if ours.read_text() != theirs.read_text():
        raise Wrong("the script's daily_sales.csv says something else than the mesh's")
