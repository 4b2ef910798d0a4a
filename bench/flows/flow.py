"""A running flow: what it consists of, and where its effects are seen."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.catcher.process import Catcher
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.process import Process
from embedded.valkey import Valkey

READY_WITHIN = 60.0  # seconds; ten processes that start at the same time on two cores need six


@dataclass(frozen=True)
class Servers:
    """What both flows stand on: PostgreSQL with fsync, Valkey with its log on disk, the catcher of mails."""

    postgres: Postgres
    valkey: Valkey
    catcher: Catcher


@dataclass(frozen=True)
class Flow:
    """Both flows keep tables of the same names: `orders` and `timeline`."""

    name: str
    port: int
    """Where orders are placed."""
    servers: Servers
    programs: Sequence[Process]
    orders_url: str
    """The database of the tables `orders` and `timeline`."""
    sales_url: str
    """The database of the figures."""
    key: str = "none"
    """What opens the API; the stock one is open to all."""
    sales: str = "sales"
    """The table with `orders`, `items` and `revenue`."""

    @property
    def processes(self) -> list[Process]:
        """The programs, then the servers."""
        return [*self.programs, self.servers.postgres, self.servers.valkey, self.servers.catcher]

    @property
    def mails(self) -> Path:
        """The catcher's SQLite database."""
        return self.servers.catcher.directory / "mails.db"

    def check_alive(self) -> None:
        """Raises StartFailed for a process that ended: what waits for it would wait for ever."""
        for process in self.processes:
            process.raise_if_ended()


@contextmanager
def servers(state: Path) -> Iterator[Servers]:
    """Fresh servers in a directory."""
    with Postgres(state / "postgres") as postgres, Valkey(state / "valkey") as valkey:
        catcher = Catcher(state / "catcher")
        # The ports that it prefers are those of `make up`, which may start or stop meanwhile.
        catcher.smtp_port, catcher.http_port = free_port(), free_port()
        with catcher:
            yield Servers(postgres, valkey, catcher)


@contextmanager
def running(processes: Sequence[Process]) -> Iterator[None]:
    """Start all at once; gone outside, also when one does not get ready."""
    try:
        for process in processes:
            process.start()
        deadline = time.monotonic() + READY_WITHIN
        for process in processes:
            process.wait_until_ready(max(deadline - time.monotonic(), 1.0))
        yield
    finally:
        for process in processes:
            process.ask_to_stop()
        for process in reversed(processes):
            process.stop()
