"""One chunk: what its messages share, what none of them costs its neighbours, and the time it may take."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from outcomes import dead, due
from sample import Count, Greet, Outside, Post, Tally, ledger

from mesh import Consumer, Database, Effect
from mesh.delivery import Deliveries, Handled
from mesh.testing import around, raw
from mesh.wire import Raw

Deliver = Callable[..., None]
DeliverAll = Callable[[Consumer[Any], list[Raw], float], Handled]


@pytest.fixture
def deliver_all(database: Database, outside: Outside) -> DeliverAll:
    """Deliver one chunk to a consumer, with so many seconds for it."""
    return lambda to, chunk, budget: Deliveries(to, database, outside).handle(
        chunk[0].headers["task"], chunk, budget
    )


def test_a_duplicate_in_the_same_chunk_is_handled_once(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("Ada",)))
    deliver(envelope, envelope, Greet(names=("Bob",)))
    assert sorted(ledger(tx, "greet")) == ["Ada", "Bob"]


def test_one_bad_message_does_not_touch_its_neighbours(deliver: Deliver, tx: Any) -> None:
    names = ["Ada", "Bob", "reject", "Cid", "bug", "Dan", "Eve"]
    deliver(*(Greet(names=(name,)) for name in names))
    assert sorted(ledger(tx, "greet")) == ["Ada", "Bob", "Cid", "Dan", "Eve"]
    assert dead(tx) == [("rejected", "Reject: never")]
    assert due(tx) == [("sample.v2", 1)]


def test_a_batch_commits_once_and_splits_around_what_fails(deliver: Deliver, tx: Any) -> None:
    deliver(*(Count(number=n) for n in (1, 2, -3, 4)))
    assert sorted(ledger(tx, "count")) == ["1", "2", "4"]
    assert due(tx) == [("sample.v1", 1)]


def test_a_batch_without_database_splits_around_what_fails(
    deliver: Deliver, tx: Any, outside: Outside
) -> None:
    deliver(*(Tally(number=n) for n in (1, 2, -3, 4)))
    assert outside.posted == ["1,2", "4"]
    assert due(tx) == [("sample.v1", 1)]


@pytest.mark.parametrize("inbox", [True, False])
def test_a_chunk_that_turns_out_slow_ends_early(
    database: Database, outside: Outside, inbox: bool, deliver_all: DeliverAll
) -> None:
    slow = Consumer[Outside]("sample")
    begun: list[str] = []

    def take(message: Post, *_: Any) -> None:
        begun.append(message.text)
        time.sleep(0.02)

    slow.handles(Post)(take) if inbox else slow.handles(Post, inbox=False)(take)
    chunk = [raw(around(Post(text=str(number))), "sample") for number in range(10)]
    chunk[7] = chunk[2]._replace()  # a copy shares the fate of the other
    handled = deliver_all(slow, chunk, 0.03)
    assert 0 < len(begun) < 7
    assert len(begun) + len(handled.left) == len(chunk)
    while handled.left:
        chunk = [chunk[place] for place in handled.left]
        handled = deliver_all(slow, chunk, 0.03)
    assert sorted(begun if inbox else set(begun)) == list("012345689")


def test_effects_of_a_chunk_that_turns_out_slow_are_begun_in_time(
    database: Database, tx: Any, deliver_all: DeliverAll
) -> None:
    slow = Consumer[Outside]("sample")
    posted: list[str] = []

    def perform(text: str) -> None:
        time.sleep(0.02)
        posted.append(text)

    @slow.handles(Post)
    def post(message: Post, tx: Any, deps: Outside) -> Effect[None]:
        return Effect(perform=lambda: perform(message.text), then=lambda tx, _: None)

    chunk = [raw(around(Post(text=str(number))), "sample") for number in range(8)]
    handled = deliver_all(slow, chunk, 0.03)
    assert 0 < len(posted) < 6
    while handled.left:
        chunk = [chunk[place] for place in handled.left]
        handled = deliver_all(slow, chunk, 0.03)
    assert sorted(posted) == list("01234567")
    assert tx.execute("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL").fetchone() == (8,)
    assert handled.failures == []
