"""The real orders API on a real database: in a loop of the test's, or as the program that operators start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api import Api, served
from links import LINK_KEY
from programs import Program, Start
from redis import Redis

from embedded.ports import free_port
from embedded.valkey import Valkey


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is the file store."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def api(url: str, files: Path) -> Iterator[Api]:
    with served(url, files_url=files.as_uri()) as api:
        yield api


@pytest.fixture(scope="session")
def open_api(url: str, files: Path) -> Iterator[Api]:
    """One that links open."""
    with served(url, files_url=files.as_uri(), link_keys=[LINK_KEY]) as api:
        yield api


@pytest.fixture
def limits_url(valkey: Valkey) -> str:
    """Where nothing is counted yet."""
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    return valkey.redis_url


@pytest.fixture
def own_url(new_database: Callable[[str], str]) -> str:
    """A database that nobody else uses."""
    return new_database("orders.migrations")


@pytest.fixture
def start(own_url: str, valkey: Valkey, tmp_path: Path) -> Iterator[Start]:
    """Starts `orders api` with settings of its own; it ends with the test."""
    started: list[Program] = []

    def start_(**settings: str) -> Program:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        where = {"DATABASE_URL": own_url, "BROKER_URL": valkey.url, "HTTP_PORT": str(free_port())}
        started.append(Program("orders", "api", folder=folder, **where | settings))
        return started[-1].start()

    yield start_
    for program in started:
        program.destroy()
