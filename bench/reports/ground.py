"""What is measured on: fresh servers, the service's tables, rates of the month, and events that landed."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench import cpu
from bench.program import working
from bench.reports.month import DAYS, FIRST, RATES, Event, Month
from contracts import Producer, Sealed, model_of
from embedded.postgres import Postgres
from embedded.process import Command, Process
from embedded.valkey import Valkey
from mesh import Tx, context, database
from reports.domain import DIGITS
from reports.store import landing, rates
from reports.usecases.landing import landing_of

BIN = Path(sys.executable).parent
REPORTING = "EUR"
MEASURES = ("orders", "items", "amount", "cancelled", "cancelled_amount", "refunds", "refunded_amount")
TABLES = {
    "hours": "hour, account, currency",
    "days": "day, account, currency",
    "days_by_country": "day, account, country",
    "days_by_customer": "day, account, customer",
    "days_by_product": "day, account, sku",
}
_LAND = "COPY landed (id, name, order_id, at, said, envelope) FROM STDIN"
_DAYS = f"SELECT day, currency, {', '.join(MEASURES)} FROM days"


class Wrong(Exception):
    """Figures are not what the events add up to."""


@dataclass(frozen=True)
class Ground:
    """Servers, and where they are."""

    folder: Path
    postgres: Postgres
    valkey: Valkey

    @property
    def told(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.postgres.url("reports"),
            "BROKER_URL": self.valkey.url,
            "REPORTING_CURRENCY": REPORTING,
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "warning",
            "HEALTH_DIR": str(self.folder),
        }

    def connect(self) -> Tx:
        return database.connect(self.postgres.url("reports"), "bench")

    def used(self, *processes: Process) -> dict[str, float]:
        """Seconds of CPU so far, of PostgreSQL with its backends and of these."""
        return dict(cpu.read([self.postgres, *processes]).used)

    def working(self, role: str) -> AbstractContextManager[Process]:
        """A worker or a relay of the service."""
        return working(role, Command([BIN / "reports", role], env=self.told), self.folder)


@contextmanager
def ground() -> Iterator[Ground]:
    with (
        tempfile.TemporaryDirectory(prefix="meshwork-bench-") as state,
        Postgres(Path(state) / "postgres") as postgres,
        Valkey(Path(state) / "valkey") as valkey,
    ):
        context.identify(Producer(service="reports", build="0"))
        postgres.create_database("reports")
        on = Ground(Path(state), postgres, valkey)
        subprocess.run([BIN / "reports", "migrate"], env=on.told, check=True)
        with on.connect() as tx:
            days = [FIRST + timedelta(number) for number in range(4 * DAYS)]
            rates.keep(tx, dict.fromkeys(days, RATES), datetime.now(UTC))
            rates.convert(tx, REPORTING, DIGITS, (days[0], days[-1]))
        yield on


def _landing(event: Event) -> landing.Landing:
    """As a worker makes it. Raises Wrong for what no worker would read."""
    read = Sealed.read(event.envelope.encode(), model_of(event.name, 1))
    if read is None:
        raise Wrong(f"{event.name} is not as its contract has it: {event.envelope}")
    return landing_of(read.data, read, event.envelope)


def land(tx: Tx, events: Iterable[Event]) -> int:
    """Into the landing table as they are; who has it transformed is somebody else. Returns how many."""
    with tx.cursor() as cursor:
        with cursor.copy(_LAND) as copy:
            for event in events:
                copy.write_row(_landing(event))
        landed = cursor.rowcount
    tx.execute("VACUUM (ANALYZE) landed")  # as it is where events came over weeks
    tx.execute("ANALYZE")
    return landed


def check(tx: Tx, month: Month) -> None:
    """Raises Wrong where a day's figures are not the sum of its events: one is missing, or counted twice."""
    found: Counter[tuple[date, str, str]] = Counter()
    for day, currency, *values in tx.execute(_DAYS):
        found += Counter(
            {(day, currency, name): int(value) for name, value in zip(MEASURES, values, strict=True)}
        )
    if found != +month.counted:
        apart = (found - month.counted) + (month.counted - found)
        raise Wrong(f"figures are not what the events add up to, such as {apart.most_common(3)}")


def digest(tx: Tx) -> str:
    """Of all figures, to the last digit."""
    found = hashlib.sha256()
    for table, keys in TABLES.items():
        with tx.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY {keys}) TO STDOUT") as copy:
            for piece in copy:
                found.update(piece)
    return found.hexdigest()


def said(text: str) -> None:
    """A line of progress, with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)
