"""The real orders API on a real database."""

from collections.abc import Callable, Iterator

import pytest
from api import Api, served


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("orders.migrations")


@pytest.fixture(scope="session")
def api(url: str) -> Iterator[Api]:
    with served(url) as api:
        yield api
