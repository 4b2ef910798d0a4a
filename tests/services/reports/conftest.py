"""The reports service on a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from programs import Program, Start
from redis import Redis
from watched import WATCH

from contracts import Envelope, Message
from contracts.reports import GatherSection, LoadLanded, MakeReport, TransformLanded, WriteReport
from embedded.valkey import Valkey
from mesh import Database, testing
from mesh.database import Tx, connect
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


@pytest.fixture
def beats_url(new_database: Callable[[str], str]) -> str:
    """A database of its own, which remembers all that was ever put into its outbox."""
    url = new_database("reports.migrations")
    with connect(url, "tests") as tx:
        tx.execute(WATCH)
    return url


@pytest.fixture
def own(beats_url: str) -> Iterator[Tx]:
    with connect(beats_url, "tests") as tx:
        yield tx


@pytest.fixture
def schedules_url(valkey: Valkey) -> str:
    """A server that has nothing yet; the broker's is another one of its databases."""
    with Redis.from_url(valkey.redis_url) as client:
        client.flushall()
    return valkey.redis_url.rpartition("/")[0] + "/7"


@pytest.fixture
def start(beats_url: str, schedules_url: str, valkey: Valkey, tmp_path: Path) -> Iterator[Start]:
    started: list[Program] = []

    def start_(role: str, **settings: str) -> Program:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        where = {"DATABASE_URL": beats_url, "BROKER_URL": valkey.url, "SCHEDULES_URL": schedules_url}
        files = {"FILES_URL": (tmp_path / "files").as_uri(), "RESULT_URL": valkey.redis_url}
        started.append(Program("reports", role, folder=folder, **where | files | settings))
        return started[-1].start()

    yield start_
    for program in started:
        program.destroy()
