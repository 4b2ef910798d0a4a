"""Moto's server, and on it a mesh that nobody else uses."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import pytest
from sqsserver import Queues, sqs_server

from mesh import Database, publisher
from mesh.publisher import Publisher

HASTY = "visibility_timeout=3&wait_time_seconds=1"
"""A mesh that gives up a worker after seconds, so that a test can wait for it."""

_meshes = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with sqs_server() as url:
        yield url


@pytest.fixture
def prefix() -> str:
    return f"test-{next(_meshes)}-"


@pytest.fixture
def options() -> str:
    return HASTY


@pytest.fixture
def broker_url(server: str, prefix: str, options: str) -> str:
    """A mesh that nobody else uses."""
    return f"{server}?queue_name_prefix={prefix}&{options}"


@pytest.fixture
def queues(server: str, prefix: str) -> Queues:
    return Queues(server, prefix)


@pytest.fixture
def unfinished(database: Database) -> Callable[[], AbstractContextManager[None]]:
    """For as long, no handler comes to its end."""

    @contextmanager
    def unfinished() -> Iterator[None]:
        with database.connection() as other, other.transaction():
            other.execute("LOCK TABLE ledger IN EXCLUSIVE MODE")
            yield

    return unfinished


@pytest.fixture
def sender(broker_url: str) -> Iterator[Publisher]:
    connected = publisher.connect(broker_url)
    yield connected
    connected.close()
