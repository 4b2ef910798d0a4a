"""Servers, and processes of orders: none of those that send webhooks, which would leave this machine."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from programs import Program, eventually

from embedded.ports import HOST, free_port
from embedded.postgres import Postgres
from embedded.valkey import Valkey
from fuzzing.asking import Site
from fuzzing.reporting import settings
from mesh import Settings
from mesh.database import connect
from mesh.migrate import migrate


@contextmanager
def standing() -> Iterator[tuple[Site, Program]]:
    """The API at work, and its process."""
    with tempfile.TemporaryDirectory(prefix="meshwork-fuzzing-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # PostgreSQL may have to run as another user
        postgres = stack.enter_context(Postgres(folder / "postgres", durable=False))
        valkey = stack.enter_context(Valkey(folder / "valkey", durable=False))
        database = _database(postgres)
        told = {"DATABASE_URL": database, "BROKER_URL": valkey.url, "HTTP_PORT": str(port)}
        told |= settings(folder)
        api = stack.enter_context(_running("api", folder, told))
        site = Site(f"http://{HOST}:{port}", folder)
        site.open(database)
        with _running("worker", folder, told), _running("relay", folder, told):
            eventually(lambda: _is_done(database), "what was imported is there")
        site.open(database)  # and more, whose imports wait: one that is done at once can never be called off
        yield site, api


def _database(postgres: Postgres) -> str:
    postgres.create_database("orders")
    url = postgres.url("orders")
    migrate("orders.migrations", Settings(database_url=url, broker_url="streams+redis://unused"))
    return url


def _is_done(database: str) -> bool:
    with connect(database, "tests") as tx:
        return tx.execute("SELECT FROM jobs WHERE kind = 'import' AND ended_at IS NULL").fetchone() is None


@contextmanager
def _running(role: str, folder: Path, told: dict[str, str]) -> Iterator[Program]:
    os.environ["BROKER_PERSISTENCE"] = "optional"  # the broker writes nothing to disk
    program = Program("orders", role, folder=folder, **told, WEBHOOK_NETWORKS=f"{HOST}/32")
    try:
        yield program.start().ready()
    finally:
        program.destroy()
