"""What a measurement stands on: a broker, a database for the mesh, a fresh tally; and processes upon it."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.broker import tally
from bench.broker.brokers import BROKERS, Broker
from bench.broker.tally import Tally
from bench.broker.workers.mesh import SERVICE
from bench.flows.flow import running
from bench.program import Program
from embedded.postgres import Postgres
from embedded.process import Command

_TABLES = "inbox, outbox, dead_letters"


@dataclass(frozen=True)
class Ground:
    """Servers that run, and a folder."""

    broker: Broker
    postgres: Postgres
    state: Path

    @property
    def tally(self) -> Path:
        """The file of the tally."""
        return self.state / "tally"

    @property
    def health(self) -> Path:
        """Where the mesh's processes say that they are ready."""
        return self.state / "health"

    @property
    def environment(self) -> dict[str, str]:
        """What every process is told."""
        return {
            **os.environ,
            tally.VARIABLE: str(self.tally),
            "BENCH_URL": self.broker.url,
            "BENCH_MESH_URL": self.broker.mesh_url,
            "DATABASE_URL": self.postgres.url(SERVICE),
            "HEALTH_DIR": str(self.health),
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "warning",
        }

    def program(
        self,
        name: str,
        module: str,
        *arguments: str,
        told: Mapping[str, str] | None = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> Program:
        """`python -m module arguments…`, with `told` in its environment too."""
        program = [sys.executable, "-m", module, *arguments]
        command = Command(program, env={**self.environment, **(told or {})})
        return Program(name, command, self.state / f"{name}.log", ready)

    def fresh(self, orders: int) -> Tally:
        """An empty broker, an empty database, and a tally for so many orders."""
        self.broker.empty()
        shutil.rmtree(self.health, ignore_errors=True)
        with psycopg.connect(self.postgres.url(SERVICE), autocommit=True) as connection:
            connection.execute(f"TRUNCATE {_TABLES}")
        return Tally.create(self.tally, orders)


@contextmanager
def prepared(broker: str) -> Iterator[Ground]:
    """Fresh servers in a folder that is gone afterwards: a broker, and PostgreSQL with the mesh's tables."""
    with tempfile.TemporaryDirectory(prefix="meshwork-bench-") as folder:
        state = Path(folder)
        with Postgres(state / "postgres") as postgres, BROKERS[broker](state) as server:
            server.empty()
            postgres.create_database(SERVICE)
            ground = Ground(server, postgres, state)
            _migrate(ground)
            yield ground


def _migrate(ground: Ground) -> None:
    told = {"BROKER_URL": ground.broker.mesh_url}
    migration = ground.program("migrate", "bench.broker.workers.mesh", "one", "migrate", told=told)
    with running([migration]):
        while migration.exit_code is None:
            time.sleep(0.02)
        if migration.exit_code:
            migration.raise_if_ended()
