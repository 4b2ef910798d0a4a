"""Batches of several kinds of messages: one function, one transaction, in the order in which they came."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker import state
from outcomes import dead, due
from sample import Count, Outside, Post, Tally, enter, ledger

from mesh import Consumer, Database, Tx, context, testing
from mesh.delivery import POISON, Deliveries, Handled
from mesh.flow import tally
from mesh.testing import around, raw
from mesh.wire import Raw
from mesh.worker.dispatcher import BATCHES, Dispatcher, Waiting
from mesh.worker.monitor import Monitor

Number = Count | Tally
NUMBERS: tuple[type[Number], ...] = (Count, Tally)
mixed, bare = Consumer[Outside]("sample"), Consumer[Outside]("sample")


def refused(message: Number, tx: Tx, failure: Any) -> None:
    enter(tx, "refused", f"{type(message).__name__} {message.number}")


@mixed.handles(*NUMBERS, batch=4, failed=refused)
def take(messages: Sequence[Number], tx: Tx, deps: Outside) -> None:
    names = [each.head.name for each in context.arrived()]
    enter(tx, "took", *(f"{name} {m.number}" for name, m in zip(names, messages, strict=True)))
    if any(m.number < 0 for m in messages):
        raise ValueError("negative")


@mixed.handles(Post)
def post(message: Post, tx: Tx, deps: Outside) -> None: ...


@bare.handles(*NUMBERS, inbox=False, batch=4)
def tell(messages: Sequence[Number], deps: Outside) -> None:
    if any(m.number < 0 for m in messages):
        raise ValueError("negative")
    deps.post(" ".join(f"{type(m).__name__} {m.number}" for m in messages))


def as_raw(message: Number | Post) -> Raw:
    return raw(around(message), "sample")


@pytest.fixture
def counted() -> tally.Tally:
    return tally.Tally(silent="")


@pytest.fixture
def deliveries(database: Database, outside: Outside, counted: tally.Tally) -> Deliveries:
    return Deliveries(mixed, database, outside, counted)


def outcomes(counted: tally.Tally) -> dict[tuple[str, str], int]:
    return {(key.message, key.outcome): messages for key, messages in counted.take().items()}


def test_they_are_handled_together(deliveries: Deliveries, counted: tally.Tally, tx: Any) -> None:
    chunk = [as_raw(m) for m in (Count(number=1), Tally(number=2), Count(number=3))]
    deliveries.handle("sample.count", chunk)
    assert ledger(tx, "took") == ["sample.count 1", "sample.tally 2", "sample.count 3"]
    [commits] = tx.execute("SELECT count(DISTINCT xmin::text) FROM inbox").fetchone()
    entered = tx.execute("SELECT name, count(*) FROM inbox GROUP BY name ORDER BY name").fetchall()
    assert (commits, entered) == (1, [("sample.count", 2), ("sample.tally", 1)])
    assert outcomes(counted) == {("sample.count", "handled"): 2, ("sample.tally", "handled"): 1}


def test_one_that_fails_is_found_and_tried_again(
    deliveries: Deliveries, counted: tally.Tally, tx: Any
) -> None:
    chunk = [as_raw(m) for m in (Count(number=1), Tally(number=-2), Count(number=3), Tally(number=4))]
    for each in chunk[:2]:
        each.headers["id"] = "the same"  # whatever a sender wrote there
    deliveries.handle("sample.count", chunk)
    assert sorted(ledger(tx, "took")) == ["sample.count 1", "sample.count 3", "sample.tally 4"]
    assert (due(tx), ledger(tx, "refused")) == ([("sample.v1", 1)], ["Tally -2"])
    assert outcomes(counted) == {
        ("sample.count", "handled"): 2,
        ("sample.tally", "handled"): 1,
        ("sample.tally", "retried"): 1,
    }


def test_what_killed_is_kept_under_its_own_name(
    deliveries: Deliveries, counted: tally.Tally, tx: Any
) -> None:
    deliveries.handle("sample.count", [as_raw(Tally(number=1))._replace(deaths=POISON)])
    assert [reason for reason, _ in dead(tx)] == ["poison"]
    assert (outcomes(counted), ledger(tx, "refused")) == ({("sample.tally", "poison"): 1}, ["Tally 1"])


def test_what_is_not_what_its_headers_say_is_kept(
    deliveries: Deliveries, counted: tally.Tally, tx: Any
) -> None:
    false = as_raw(Count(number=1))
    false.headers["task"] = "sample.tally"
    deliveries.handle("sample.count", [false, as_raw(Count(number=2))])
    assert ledger(tx, "took") == ["sample.count 2"]
    [(reason, error)] = dead(tx)
    assert (reason, "its headers 'sample.tally'" in error) == ("contract", True)
    assert outcomes(counted) == {("sample.tally", "contract"): 1, ("sample.count", "handled"): 1}


def test_each_may_come_alone_or_first(
    database: Database, deliveries: Deliveries, outside: Outside, tx: Any
) -> None:
    deliveries.handle("sample.tally", [as_raw(Tally(number=1))])
    testing.deliver(mixed, database, outside, Tally(number=2), Count(number=3))
    assert ledger(tx, "took") == ["sample.tally 1", "sample.tally 2", "sample.count 3"]


def test_without_a_database_too(database: Database, outside: Outside, tx: Any) -> None:
    numbers = [Count(number=1), Tally(number=2), Count(number=-3), Tally(number=4)]
    testing.deliver(bare, database, outside, *numbers)
    assert outside.posted == ["Count 1 Tally 2", "Tally 4"]
    assert due(tx) == [("sample.v1", 1)]


class Pool:
    """Keeps what is handed to it."""

    num_processes = 3

    def __init__(self) -> None:
        self.handed: list[tuple[str | None, list[Raw]]] = []

    def apply_async(self, _: Any, args: tuple[str | None, list[Raw], float], **__: Any) -> None:
        self.handed.append(args[:2])


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def dispatcher(pool: Pool) -> Dispatcher:
    """It turns when it is called, and has what was offered before."""
    hub = SimpleNamespace(call_soon=lambda *_: None, call_later=None)
    return Dispatcher(pool, mixed.handlers, lambda _: None, Monitor(lambda: None), hub)


def offer(dispatcher: Dispatcher, *raws: Raw) -> None:
    for each in raws:
        dispatcher.offer(each.headers["task"], Waiting(each, None))


def test_they_go_to_a_child_together(dispatcher: Dispatcher, pool: Pool) -> None:
    came = [as_raw(m) for m in (Count(number=1), Tally(number=2), Tally(number=3), Count(number=4))]
    stranger = came[0]._replace(headers={"task": "sample.unknown"})
    offer(dispatcher, *came, stranger, as_raw(Tally(number=5)))
    dispatcher._dispatch()
    handed = [(name, len(raws)) for name, raws in pool.handed]
    assert handed == [("sample.count", 4), (None, 1), ("sample.count", 1)]
    assert pool.handed[0][1] == came


def test_a_worker_holds_whole_batches_where_such_come(dispatcher: Dispatcher) -> None:
    dispatcher._pace = 10  # seconds for a message, of late
    offer(dispatcher, as_raw(Post(text="slow")))
    assert dispatcher.credit() == 3 * 3  # chunks of one
    offer(dispatcher, as_raw(Tally(number=1)))
    assert dispatcher.credit() == 3 * BATCHES * 4


def test_celery_counts_each_under_its_name() -> None:
    before = state.total_count.copy()
    chunk = [as_raw(m) for m in (Count(number=1), Tally(number=2), Tally(number=3))]
    Monitor(lambda: None).done(chunk, Handled(0.1, [], []), known=True)
    assert state.total_count - before == {"sample.count": 1, "sample.tally": 2}
