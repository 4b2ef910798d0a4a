"""Batches of several kinds of messages: one function, one transaction, in the order in which they came."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from outcomes import dead, due
from sample import Count, Outside, Tally, enter, ledger

from mesh import Consumer, Database, Tx, context
from mesh.delivery import Deliveries, Handled
from mesh.flow import tally
from mesh.testing import around, raw
from mesh.wire import Raw
from mesh.worker.dispatcher import Dispatcher, Waiting
from mesh.worker.monitor import Monitor

mixed = Consumer[Outside]("sample")
NUMBERS: tuple[type[Count | Tally], ...] = (Count, Tally)


@mixed.handles(*NUMBERS, batch=4)
def take(messages: Sequence[Count | Tally], tx: Tx, deps: Outside) -> None:
    names = [each.head.name for each in context.arrived()]
    enter(tx, "took", *(f"{name} {m.number}" for name, m in zip(names, messages, strict=True)))
    if any(m.number < 0 for m in messages):
        raise ValueError("negative")


def as_raw(message: Count | Tally) -> Raw:
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
    deliveries.handle("sample.count", chunk)
    assert sorted(ledger(tx, "took")) == ["sample.count 1", "sample.count 3", "sample.tally 4"]
    assert due(tx) == [("sample.v1", 1)]
    assert outcomes(counted) == {
        ("sample.count", "handled"): 2,
        ("sample.tally", "handled"): 1,
        ("sample.tally", "retried"): 1,
    }


def test_what_is_not_what_its_headers_say_is_kept(deliveries: Deliveries, tx: Any) -> None:
    false = as_raw(Count(number=1))
    false.headers["task"] = "sample.tally"
    deliveries.handle("sample.count", [false, as_raw(Count(number=2))])
    assert ledger(tx, "took") == ["sample.count 2"]
    [(reason, error)] = dead(tx)
    assert (reason, "its headers 'sample.tally'" in error) == ("contract", True)


def test_each_may_come_alone(deliveries: Deliveries, tx: Any) -> None:
    deliveries.handle("sample.tally", [as_raw(Tally(number=1))])
    assert ledger(tx, "took") == ["sample.tally 1"]


class Pool:
    """Keeps what is handed to it."""

    num_processes = 1

    def __init__(self) -> None:
        self.handed: list[tuple[str | None, list[Raw]]] = []
        self.free: Any = None

    def apply_async(self, _: Any, args: tuple[str | None, list[Raw], float], **options: Any) -> None:
        name, raws, _ = args
        self.handed.append((name, raws))
        self.free = options["callback"]


def test_they_go_to_a_child_together() -> None:
    pool, soon = Pool(), list[Any]()
    hub = SimpleNamespace(call_soon=lambda *call: soon.append(call), call_later=None)
    dispatcher = Dispatcher(pool, mixed.handlers, lambda _: None, Monitor(lambda: None), hub)
    came = [as_raw(m) for m in (Count(number=1), Tally(number=2), Tally(number=3), Count(number=4))]
    stranger = came[0]._replace(headers={"task": "sample.unknown"})
    for each in (*came, stranger, as_raw(Tally(number=5))):
        dispatcher.offer(each.headers["task"], Waiting(each, None))
    while len(pool.handed) < 3:
        call, *args = soon.pop(0)
        call(*args)
        if not soon and len(pool.handed) < 3:
            pool.free(Handled(0.001, [], []))
    assert [(name, len(raws)) for name, raws in pool.handed] == [
        ("sample.count", 4),
        (None, 1),
        ("sample.count", 1),
    ]
    assert pool.handed[0][1] == came
