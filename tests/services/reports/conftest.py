"""The reports service on a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts import Envelope, Message
from contracts.reports import LoadLanded, TransformLanded
from mesh import Database, testing
from mesh.database import Tx
from mesh.files import FileStore, open_store
from mesh.wire import Raw
from reports.tasks import consumer
from reports.wiring import Deps


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("reports.migrations")


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return open_store((tmp_path / "files").as_uri())


@pytest.fixture
def deps(files: FileStore) -> Deps:
    return Deps(files)


@pytest.fixture
def deliver(database: Database, tx: Tx, deps: Deps) -> Callable[..., None]:
    """Deliver messages to the reports service, in one batch, and what follows for facts and figures."""

    def deliver(*messages: Message | Envelope | Raw) -> None:
        testing.deliver(consumer, database, deps, *messages)
        testing.settle(consumer, database, deps, tx, TransformLanded, LoadLanded)

    return deliver
