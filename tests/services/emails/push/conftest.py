"""The emails service with a key to push with, and a push service for it."""

from collections.abc import Iterator

import pytest
from pushed import SETTINGS, Pushes
from pushserver import PushServer

from emails.settings import Settings
from emails.wiring import Deps, open_deps
from mesh import Database
from mesh.database import Tx


@pytest.fixture
def service() -> Iterator[PushServer]:
    with PushServer() as service:
        yield service


@pytest.fixture
def deps(url: str) -> Iterator[Deps]:
    with open_deps(Settings(database_url=url, **SETTINGS)) as deps:
        yield deps


@pytest.fixture
def pushes(database: Database, deps: Deps, tx: Tx) -> Pushes:
    return Pushes(database, deps, tx)
