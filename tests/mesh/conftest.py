"""The sample service on a database of its own."""

from collections.abc import Callable, Iterator

import pytest
from sample import Outside, consumer

from mesh import Database, testing


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
