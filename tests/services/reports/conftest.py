"""The reports service on a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mesh import Database, testing
from mesh.database import Tx
from mesh.files import FileStore, open_store
from reports.tasks import consumer
from reports.wiring import Deps


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("reports.migrations")


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return open_store((tmp_path / "files").as_uri())


@pytest.fixture
def deliver(database: Database, tx: Tx, files: FileStore) -> Callable[..., None]:
    """Deliver messages to the reports service, in one batch."""
    return lambda *messages: testing.deliver(consumer, database, Deps(files), *messages)
