"""The reports service on a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts import Envelope, Message
from contracts.reports import GatherSection, LoadLanded, MakeReport, TransformLanded, WriteReport
from mesh import Database, testing
from mesh.database import Tx
from mesh.delivery import Answer, Deliveries
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
    return Deps(files, call_off=lambda canvas: None)


@pytest.fixture
def deliver(database: Database, tx: Tx, deps: Deps) -> Callable[..., None]:
    """Deliver messages to the reports service, in one batch, and what follows for facts and figures."""

    def deliver(*messages: Message | Envelope | Raw) -> None:
        testing.deliver(consumer, database, deps, *messages)
        testing.settle(consumer, database, deps, tx, TransformLanded, LoadLanded)

    return deliver


@pytest.fixture
def make(database: Database, tx: Tx, deps: Deps) -> Callable[[MakeReport], list[Answer]]:
    """Have a report made step by step: each gets what those before it replied, as Celery hands it on.

    Returns how far it came: what became of each step.
    """
    deliveries = Deliveries(consumer, database, deps)

    def answered(message: Message) -> Answer:
        envelope = testing.around(message)
        return deliveries.answer(envelope.name, testing.raw(envelope, consumer.service))

    def make(wanted: MakeReport) -> list[Answer]:
        testing.deliver(consumer, database, deps, wanted)
        begun = [step for step in testing.sent(tx, GatherSection) if step.report_id == wanted.report_id]
        gathered = [answered(step) for step in begun]
        if not begun or not all(one.handled for one in gathered):
            return gathered
        replies = [one.reply for one in gathered]
        return [*gathered, answered(WriteReport.read({"report_id": wanted.report_id, "replies": replies}))]

    return make
