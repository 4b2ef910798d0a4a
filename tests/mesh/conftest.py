"""The sample service on a database of its own."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from programs import Program, Start
from sample import Outside, consumer

from mesh import Database, outbox, testing


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
