"""What all rolls stand on: a PostgreSQL, and a broker of each kind. Each roll has parts of its own there."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

import rabbit
from redis import Redis

from embedded.catcher.process import Catcher
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.rabbitmq import RabbitMQ
from embedded.valkey import Valkey

VALKEY, RABBITMQ = BROKERS = ("valkey", "rabbitmq")


@dataclass(frozen=True)
class Site:
    """Where one roll takes place."""

    folder: Path
    """Logs, heartbeats and mails; gone afterwards, unless the roll failed."""
    databases: dict[str, str]
    broker: str
    """As the mesh takes it."""
    celery_broker: str
    """As Celery does."""
    catcher: Catcher
    ports: tuple[int, int]
    """Of the two processes of the orders API."""


class Ground:
    """As a context manager: servers run inside."""

    def __init__(self, brokers: Sequence[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="meshwork-rolling-"))
        self.folder.chmod(0o755)  # PostgreSQL may have to run as another user
        self._postgres = Postgres(self.folder / "postgres", durable=False)
        self._valkey = Valkey(self.folder / "valkey", durable=False) if VALKEY in brokers else None
        self._rabbitmq = RabbitMQ(self.folder / "rabbitmq") if RABBITMQ in brokers else None
        self._numbers = count(1)
        self._failed: list[Path] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self._clear)
            for server in filter(None, (self._postgres, self._valkey, self._rabbitmq)):
                stack.callback(server.kill if server is self._rabbitmq else server.stop)
                server.start()
            for server in filter(None, (self._postgres, self._valkey, self._rabbitmq)):
                server.wait_until_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def keep(self, site: Site) -> Path:
        """Do not throw away what a roll has left. Returns where it is."""
        self._failed.append(site.folder)
        return site.folder

    @contextmanager
    def site(self, broker: str, databases: Sequence[str]) -> Iterator[Site]:
        """Empty, and nobody else's."""
        number = next(self._numbers)
        folder = self.folder / f"roll-{number}"
        folder.mkdir()
        names = {name: f"{name}_{number}" for name in databases}
        for name in names.values():
            self._postgres.create_database(name)
        urls = {name: self._postgres.url(database) for name, database in names.items()}
        catcher = Catcher(folder)
        catcher.smtp_port, catcher.http_port = free_port(), free_port()
        with self._broker(broker, number) as (mesh, celery), catcher:
            yield Site(folder, urls, mesh, celery, catcher, (free_port(), free_port()))
        if folder not in self._failed:
            shutil.rmtree(folder)

    @contextmanager
    def _broker(self, name: str, number: int) -> Iterator[tuple[str, str]]:
        """Its URL for the mesh, and for Celery."""
        if name == VALKEY:
            assert self._valkey
            with Redis.from_url(self._valkey.redis_url) as client:
                client.flushall()
            yield self._valkey.url, self._valkey.redis_url
        else:
            assert self._rabbitmq
            with rabbit.virtual_host(self._rabbitmq, f"roll-{number}") as url:
                yield url, url

    def _clear(self) -> None:
        if not self._failed:
            shutil.rmtree(self.folder, ignore_errors=True)
