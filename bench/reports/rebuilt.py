"""`reports rebuild` of the month: how long a day takes, and whether it changes anything."""

import re
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta

from bench.reports.ground import BIN, Ground, Wrong, digest, said
from bench.reports.month import DAYS, FIRST

_DAY = re.compile(r"^\S+  \d+ of \d+  ([\d.]+) s(  figures changed)?$", re.MULTILINE)


@dataclass(frozen=True)
class Rebuilt:
    """What `reports rebuild` said, and what it took."""

    days: int
    seconds: float
    """In all."""
    median: float
    longest: float
    """Seconds of a day."""
    cpu: float
    """Seconds of CPU of all of PostgreSQL, for a day."""


def measure(on: Ground) -> Rebuilt:
    """Raises Wrong where any figure is another than before."""
    last = FIRST + timedelta(days=DAYS - 1)
    with on.connect() as tx:
        tx.execute("SET statement_timeout = 0")
        before = digest(tx)
        used, began = on.used()["postgres"], time.monotonic()
        told = subprocess.run(
            [BIN / "reports", "rebuild", "--from", str(FIRST), "--to", str(last)],
            env=on.told,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        seconds, used = time.monotonic() - began, on.used()["postgres"] - used
        days = sorted(float(found[1]) for found in _DAY.finditer(told))
        if len(days) != DAYS or "changed" in told or digest(tx) != before:
            raise Wrong(f"to rebuild gave other figures:\n{told}")
    said(f"{DAYS} days rebuilt in {seconds:.0f} s; the figures are the same, bit by bit")
    return Rebuilt(DAYS, seconds, days[len(days) // 2], days[-1], used / DAYS)
