"""What workers did is counted, and told: as it was, once, when somebody listens, and by whom it was done."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sample
from counting import counted, numbers, settled
from hypothesis import given
from hypothesis import strategies as st
from programs import Program, Start, eventually
from sample import Greet, Work, ledger

from contracts import Envelope
from contracts.flow import Counted, bucket, middle
from contracts.reports import NoteFlow
from mesh import Database, Tx, context, deadletters, outbox
from mesh.database import connect
from mesh.flow import untold
from mesh.flow.tally import HANDLED, RETRIED, Key, Tally
from mesh.flow.teller import Teller
from mesh.testing import around, sent
from reports.documents import Operations
from reports.store.told import Of
from reports.usecases import operating

NOTED = {"build": "noted"}
DAY = date(2026, 3, 1)


@pytest.fixture
def reports_url(new_database: Callable[[str], str]) -> str:
    return new_database("reports.migrations")


@pytest.fixture
def operations(reports_url: str) -> Iterator[Callable[[], Operations]]:
    """What reports would tell of today. A test that runs over midnight has two days."""
    first = datetime.now(UTC).date()
    with connect(reports_url, "tests") as tx:
        yield lambda: operating.operations(tx, Of(None, first, datetime.now(UTC).date()))


@pytest.fixture
def listening(reports_url: str, broker_url: str, tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Starts a worker of reports, on a database of its own."""
    url = {"DATABASE_URL": reports_url, "BROKER_URL": broker_url}
    program = Program("reports", "worker", folder=tmp_path, **url)
    yield lambda: program.start().ready()
    program.destroy()


def unknown(tx: Any) -> None:
    """Send what no handler takes."""
    fields = around(Greet(names=("Ada",))).model_dump() | {"name": "sample.unheard_of"}
    outbox.put_back(tx, Envelope(**fields), "sample.v1", retries=0, after=0, carries=None)


def handled_by_queue(found: Operations) -> dict[str, int]:
    return {each.queue: each.flow.handled for each in found.queues}


@pytest.mark.parametrize("broker_url", ["valkey", "rabbitmq"], indirect=True)
def test_figures_are_what_was_sent(
    start: Start, send: Any, tx: Any, listening: Any, operations: Callable[[], Operations]
) -> None:
    """By children of one worker and by threads of another; while nobody listens, nothing is sent."""
    workers = [start("worker", **NOTED, CONCURRENCY="2"), start("worker", **NOTED, POOL="threads")]
    start("relay", **NOTED).ready()
    for worker in workers:
        worker.ready()
    send(*numbers(0, 300), *(Greet(names=("Ada",)) for _ in range(5)))
    send(Greet(names=("retry",)), Greet(names=("reject",)))
    send(*(Work(text="parcel") for _ in range(3)), lane="bulk")
    unknown(tx)
    eventually(lambda: len(deadletters.listed(tx)) == 3, "what cannot be handled is dead")
    eventually(lambda: len(counted(tx)) == 300 and len(ledger(tx, "work")) == 3, "the rest is handled")
    eventually(lambda: outbox.next_due(tx) is None, "nothing is sent any more")
    assert [worker.stop() for worker in workers] == [0, 0]
    assert not untold.is_empty(tx)
    listening()
    eventually(lambda: untold.is_empty(tx), "somebody is told")
    found = eventually(lambda: (now := operations()).total.dead == 3 and now, "all of it is noted")
    again = [line for worker in workers for line in worker.events("delivery.duplicate")]  # a slow machine
    greeted = 5 + sum(line["message"] == "sample.greet" for line in again)
    assert handled_by_queue(found) == {"sample.v1": 300, "sample.v1.bulk": 3, "sample.v2": greeted}
    assert {each.service for each in found.queues} == {"sample"}
    assert found.total.retried == 2  # of who is tried three times
    assert [(d.message, d.reason, d.letters) for d in found.deaths] == [
        ("?", "unknown", 1),
        ("sample.greet", "exhausted", 1),
        ("sample.greet", "rejected", 1),
    ]
    assert found.total.p50
    assert found.total.p95
    assert 10 < found.total.p50 <= found.total.p95 < 10_000_000


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_a_kill_takes_the_counts_of_its_last_minute_and_nothing_else(
    start: Start, send: Any, tx: Any, listening: Any, operations: Callable[[], Operations]
) -> None:
    worker = start("worker", **NOTED).ready()
    start("relay", **NOTED).ready()
    send(*numbers(0, 200))
    settled(tx, 200)
    worker.destroy()
    worker = start("worker", **NOTED).ready()
    send(*(Greet(names=("Ada",)) for _ in range(5)))
    eventually(lambda: len(ledger(tx, "greet")) == 5, "another one handles messages")
    eventually(lambda: outbox.next_due(tx) is None, "nothing is sent any more")
    assert worker.stop() == 0
    listening()
    eventually(lambda: operations().total.handled, "what it did is noted")
    assert handled_by_queue(operations())["sample.v2"] == 5
    assert handled_by_queue(operations()).get("sample.v1", 0) < 200
    assert counted(tx) == list(range(200))


def test_what_carries_counts_is_not_counted() -> None:
    tally = Tally(silent="reports.note_flow")
    tally.count([("reports.v1", "reports.note_flow")], 0.1)
    assert tally.take() == {}


def test_a_chunk_is_counted_by_what_became_of_it() -> None:
    tally = Tally(silent="")
    a, b, bulk, stranger = ("a", "x.y"), ("b", "x.y"), ("b.bulk", "x.y"), ("a", None)
    tally.count(
        [a] * 3 + [b] * 3 + [bulk] * 2, 0.001, [(a, None), (b, "rejected"), (b, "rejected")], left=[7]
    )
    tally.count([stranger], 0.001, [(stranger, "unknown")])
    outcomes = {key[1:]: messages for key, messages in tally.take().items()}
    took = bucket(1000)
    assert outcomes == {
        ("a", "x.y", HANDLED, took): 2,
        ("a", "x.y", RETRIED, 0): 1,
        ("b", "x.y", HANDLED, took): 1,
        ("b", "x.y", "rejected", 0): 2,
        ("b.bulk", "x.y", HANDLED, took): 1,
        ("a", "?", "unknown", 0): 1,
    }
    assert tally.take() == {}


@pytest.fixture
def counting(database: Database) -> Iterator[Tally]:
    """A tally whose teller tells it twenty times a second."""
    tally = Tally(silent="")
    teller = Teller(tally, database, pace=0.05)
    teller.start()
    yield tally
    teller.stop()


def messages(tx: Any) -> int:
    return int(tx.execute("SELECT coalesce(sum(messages), 0) FROM flow_untold").fetchone()[0])


def test_a_process_tells_each_minute(counting: Tally, tx: Any) -> None:
    counting.count([("a", "x.y")] * 2, 0.001)
    eventually(lambda: messages(tx) == 2, "they are told")
    counting.count([("a", "x.y")], 0.001)
    eventually(lambda: messages(tx) == 3, "the next one is added")
    assert len(tx.execute("SELECT * FROM flow_untold").fetchall()) == 1


def test_what_cannot_be_told_now_is_told_later(counting: Tally, tx: Any) -> None:
    tx.execute("ALTER TABLE flow_untold RENAME TO elsewhere")
    for _ in range(10):
        counting.count([("a", "x.y")], 0.001)
        time.sleep(0.05)
    tx.execute("ALTER TABLE elsewhere RENAME TO flow_untold")
    eventually(lambda: messages(tx) == 10, "all are told")


def test_what_a_process_has_at_its_end_is_told(database: Database, tx: Any) -> None:
    tally = Tally(silent="")
    teller = Teller(tally, database)
    teller.start()
    tally.count([("a", "x.y")], 0.001)
    teller.stop()
    assert messages(tx) == 1


def test_counts_of_any_number_fit_into_messages(tx: Tx) -> None:
    """Also the largest there may be: all outcomes, and times of all lengths."""
    reasons = ("contract", "rejected", "exhausted", "unknown", "malformed", "poison")
    counts = {}
    for number in range(2 * untold.LINES + 1):
        line = (DAY, f"a_service_of_some_length.v{number}.bulk", f"a_service_of_some_length.message_{number}")
        counts |= {Key(*line, HANDLED, took): 10**6 for took in range(161)}
        counts |= {Key(*line, outcome, 0): 10**6 for outcome in (RETRIED, *reasons)}
    untold.add(tx, counts)
    context.identify(sample.service.producer)
    while untold.tell(tx, NoteFlow):
        pass
    notes = sent(tx, NoteFlow)
    assert len(notes) == 3
    told = {key: n for note in notes for line in note.counted for key, n in keys(line).items()}
    assert told == counts


def keys(line: Counted) -> dict[Key, int]:
    """What a line says, as it was counted."""
    of = (line.day, line.queue, line.message)
    found = {Key(*of, HANDLED, took): n for took, n in enumerate(line.handled, line.first)}
    found |= {Key(*of, dead.reason, 0): dead.letters for dead in line.dead}
    return found | {Key(*of, RETRIED, 0): line.retried}


def test_what_nobody_wants_to_know_is_forgotten_some_day(tx: Any) -> None:
    today = datetime.now(UTC).date()
    for days in (untold.KEPT + 2, 0):
        untold.add(tx, {Key(today - timedelta(days), "a", "x.y", HANDLED, 1): 1})
    untold.prune(tx)
    assert messages(tx) == 1


def test_a_service_tells_by_what_it_says_that_it_sends() -> None:
    with pytest.raises(TypeError, match=r"reports\.note_flow v1: add it to its sends="):
        replace(sample.service, flow=NoteFlow)


@given(st.floats(0, 1e12))
def test_a_bucket_knows_its_times_to_a_tenth(microseconds: float) -> None:
    told = middle(bucket(microseconds))
    assert abs(told - microseconds) <= max(0.091 * microseconds + 0.5, 1)
