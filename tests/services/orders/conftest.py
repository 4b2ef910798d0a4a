"""The real orders API on a real database."""

from collections.abc import Callable, Iterator

import pytest
from api import Api, served
from redis import Redis

from embedded.valkey import Valkey


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="session")
def api(url: str) -> Iterator[Api]:
    with served(url) as api:
        yield api


@pytest.fixture
def limits_url(valkey: Valkey) -> str:
    """Where nothing is counted yet."""
    with Redis.from_url(valkey.redis_url) as client:
        client.flushdb()
    return valkey.redis_url
