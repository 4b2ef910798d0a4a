"""Who takes part: one API process each, and the relay of whoever has one."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg

from bench.broker.brokers.valkey import ValkeyBroker
from bench.flows.flow import running
from bench.flows.mesh import Mesh
from bench.program import Program
from contracts import contract_of
from contracts.orders import OrderPlaced
from embedded import apikey
from embedded.catcher.process import answers
from embedded.mesh import Addresses
from embedded.ports import HOST, free_port
from embedded.postgres import Postgres
from embedded.process import Command, Process
from mesh import broker, topology
from mesh.streams.store import key as stream
from orders import keys

MESH, SEND_TASK, OUTBOX = "mesh", "FastAPI, send_task", "FastAPI, outbox"
SHOP = "bench.baselines.shop"
LISTENERS = ("emails", "reports")
"""Whom an order is told to. They do not run: what is measured ends on the broker."""


@dataclass(frozen=True)
class Ground:
    """What all stand on: PostgreSQL with fsync, Valkey with its log on disk."""

    postgres: Postgres
    broker: ValkeyBroker
    state: Path


@dataclass(frozen=True)
class Api:
    """One that runs."""

    name: str
    port: int
    key: str
    """Opens the account `apikey.ACCOUNT`."""
    url: str
    """Its database."""
    programs: Sequence[Process]
    """The API, then its relay."""
    queues: Sequence[str]
    """Each gets a message for each order."""
    ground: Ground

    @property
    def processes(self) -> list[Process]:
        """The programs, then the servers."""
        return [*self.programs, self.ground.postgres, self.ground.broker.process]


@contextmanager
def prepared() -> Iterator[Ground]:
    """Fresh servers in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="meshwork-bench-") as folder:
        state = Path(folder)
        with Postgres(state / "postgres") as postgres, ValkeyBroker(state) as valkey:
            yield Ground(postgres, valkey, state)


@contextmanager
def mesh(ground: Ground, database: str = "orders", name: str = MESH) -> Iterator[Api]:
    """The service as `make up` runs it, without its worker."""
    url, state = _database(ground, database)
    made = Mesh(state, Addresses({"orders": url}, ground.broker.mesh_url, "", None, free_port()), None)
    with running([made.program(made.orders, "migrate")]):
        pass
    told = [topology.queues(name, [(contract_of(OrderPlaced), None)])[0] for name in LISTENERS]
    broker.declare_queues(ground.broker.mesh_url, told)
    programs = [made.program(made.orders, role) for role in ("api", "relay")]
    with running(programs):
        queues = [stream(queue.name) for queue in told]
        yield Api(name, made.at.orders_port, made.key(), url, programs, queues, ground)


@contextmanager
def shop(name: str, ground: Ground) -> Iterator[Api]:
    """The baseline, in one of its two ways."""
    database = name.rpartition(" ")[2]
    url, state = _database(ground, database)
    told = {"DATABASE_URL": url, "BROKER_URL": ground.broker.url, "ANNOUNCED": database}

    def program(role: str, *command: str) -> Program:
        started = Command([sys.executable, "-m", *command], env=os.environ | told)
        return Program(f"{database} {role}", started, state / f"{role}.log")

    tables, port = program("tables", f"{SHOP}.database"), free_port()
    tables.ready = lambda: tables.exit_code == 0
    with running([tables]):
        pass
    api = program("api", *_uvicorn(port))
    api.ready = partial(answers, f"http://{HOST}:{port}/readyz")
    programs = [api, program("relay", f"{SHOP}.relay")] if name == OUTBOX else [api]
    with running(programs):
        yield Api(name, port, _key(url), url, programs, LISTENERS, ground)


APIS: dict[str, Callable[[Ground], AbstractContextManager[Api]]] = {
    MESH: mesh,
    SEND_TASK: partial(shop, SEND_TASK),
    OUTBOX: partial(shop, OUTBOX),
}


def _uvicorn(port: int) -> list[str]:
    where = ["uvicorn", f"{SHOP}.api:api", f"--host={HOST}", f"--port={port}"]
    return [*where, "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning"]


def _database(ground: Ground, name: str) -> tuple[str, Path]:
    """A new one, and a folder for logs."""
    ground.postgres.create_database(name)
    state = ground.state / name
    state.mkdir()
    return ground.postgres.url(name), state


def _key(url: str) -> str:
    key, token = keys.make(apikey.ACCOUNT, "bench", keys.Scope, datetime.now(UTC), None)
    with psycopg.connect(url) as tx:
        tx.execute(
            "INSERT INTO keys (id, account, name, scopes, hash) VALUES (%s, %s, %s, %s, %s)",
            (key.id, key.account, key.name, list(key.scopes), key.hash),
        )
    return token
