"""The sample service on a database of its own."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from programs import Program, Start
from sample import Outside, consumer

from embedded.valkey import Valkey
from mesh import Database, Settings, outbox, testing


@pytest.fixture
def url(new_database: Callable[[str], str]) -> str:
    return new_database("sample.migrations")


@pytest.fixture
def database(url: str, opened: Callable[[str], Database]) -> Database:
    return opened(url)


@pytest.fixture
def tx(database: Database) -> Iterator[object]:
    """A connection that sees what the others committed."""
    with database.connection() as connection:
        yield connection


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def deliver(database: Database, outside: Outside) -> Callable[..., None]:
    """Deliver messages to the sample service, in one chunk."""
    return lambda *messages: testing.deliver(consumer, database, outside, *messages)


@pytest.fixture
def start(url: str, broker_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the sample service's worker or relay; `build="older"`: that of its older build."""
    started: list[Program] = []

    def start(role: str, *arguments: str, build: str = "sample", **environment: str) -> Program:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        paths = os.pathsep.join(["deploy", "tests/support"])
        program = Program(
            build,
            role,
            *arguments,
            folder=folder,
            service="sample",
            **{"DATABASE_URL": url, "BROKER_URL": broker_url, "PYTHONPATH": paths, **environment},
        )
        started.append(program)
        return program.start()

    yield start
    for program in started:
        program.destroy()


@pytest.fixture
def send(tx: Any) -> Callable[..., None]:
    """Puts messages into the outbox, committed."""
    return partial(outbox.put, tx)


@pytest.fixture
def result_url(valkey: Valkey) -> str:
    return f"{valkey.redis_url.rpartition('/')[0]}/15"


@pytest.fixture
def other_tx(new_database: Callable[[str], str], opened: Callable[[str], Database]) -> Iterator[Any]:
    """The second service's database."""
    url = new_database("sample.migrations")
    with opened(url).connection() as connection:
        connection.info_url = url  # type: ignore[attr-defined]
        yield connection


@pytest.fixture
def services(
    url: str, other_tx: Any, broker_url: str, result_url: str, tmp_path: Path
) -> Iterator[dict[str, Program]]:
    """A worker and a relay of each service."""
    databases = {"sample": url, "second": other_tx.info_url}
    programs = {
        f"{service} {role}": Program(
            service,
            role,
            folder=tmp_path,
            DATABASE_URL=databases[service],
            BROKER_URL=broker_url,
            RESULT_URL=result_url,
            PYTHONPATH="deploy:tests/support",
        ).start()
        for service in databases
        for role in ("worker", "relay")
    }
    for program in programs.values():
        program.ready()
    yield programs
    for program in programs.values():
        program.destroy()


@pytest.fixture
def settings(url: str, broker_url: str, result_url: str) -> Settings:
    """The sample service's. The tests' servers write nothing to disk."""
    return Settings(
        database_url=url, broker_url=broker_url, result_url=result_url, broker_persistence="optional"
    )
