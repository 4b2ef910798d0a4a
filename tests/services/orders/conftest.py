"""The real orders API on a real database."""

from collections.abc import Callable, Iterator

import pytest
from api import Api, served

from mesh import Database
from mesh.database import Tx, connect


@pytest.fixture(scope="package")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="package")
def api(url: str) -> Iterator[Api]:
    with served(url) as api:
        yield api


@pytest.fixture(scope="package")
def connection(url: str) -> Iterator[Tx]:
    with connect(url, "tests") as connection:
        yield connection


@pytest.fixture
def tx(connection: Tx) -> Tx:
    """Sees what the API has committed, from empty tables on."""
    connection.execute("TRUNCATE orders, timeline, inbox, outbox, dead_letters")
    return connection


@pytest.fixture
def database(url: str, opened: Callable[[str], Database]) -> Database:
    return opened(url)
