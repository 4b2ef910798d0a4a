"""What could not be handled is refused when the module is loaded, with what to do."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from sample import Count, Greeted, GreetV1, GreetV2

from contracts import Command
from mesh import Consumer, Tx


def needs_more(message: Any, tx: Tx, deps: Any, more: int) -> None:
    pass


def takes_less(message: Any) -> None:
    pass


async def is_async(message: Any, tx: Tx, deps: Any) -> None:
    pass


def yields(message: Any, tx: Tx, deps: Any) -> Iterator[None]:
    yield


async def yields_later(message: Any, tx: Tx, deps: Any) -> AsyncIterator[None]:
    yield


def old(message: GreetV1, tx: Tx, deps: Any) -> None:
    pass


def one(message: GreetV2, tx: Tx, deps: Any) -> None:
    pass


def many(messages: Sequence[GreetV2], tx: Tx, deps: Any) -> None:
    pass


def bare(message: GreetV2, deps: Any) -> None:
    pass


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "one parameter too many": (needs_more, {}, "called with (message, tx, deps)"),
    "too few": (takes_less, {}, "called with (message, tx, deps)"),
    "a transaction that it does not get": (one, {"inbox": False}, "called with (message, deps)"),
    "none where it gets one": (bare, {}, "called with (message, tx, deps)"),
    "async": (is_async, {}, "without async and yield"),
    "a generator": (yields, {}, "without async and yield"),
    "both": (yields_later, {}, "without async and yield"),
    "an older version": (old, {}, "says that it takes GreetV1, and gets GreetV2"),
    "one, and gets a list": (one, {"batch": 10}, "gets a list: Sequence[GreetV2]"),
    "a list, and gets one": (many, {}, "gets one: GreetV2"),
    "a negative batch": (many, {"batch": -1}, "no number of messages"),
    "no attempt": (one, {"attempts": 0}, "tried once at the least"),
    "no time": (one, {"time_limit": 0}, "more than 0"),
    "a time that is none": (one, {"time_limit": float("nan")}, "more than 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_handler_that_cannot_work_is_refused(case: str) -> None:
    function, options, remedy = REFUSED[case]
    consumer = Consumer[Any]("sample")
    with pytest.raises(TypeError, match=f"consumer of sample: sample.greet v2: .*{re.escape(remedy)}"):
        consumer.handles(GreetV2, **options)(function)
    assert not consumer.handlers


def test_several_come_in_batches() -> None:
    def counts(messages: Sequence[Count | Greeted], tx: Tx, deps: Any) -> None: ...

    def one_of(message: Command, tx: Tx, deps: Any) -> None: ...

    kinds: list[Any] = [GreetV2, Count]
    consumer = Consumer[Any]("sample")
    with pytest.raises(TypeError, match=r"sample.greet v2 and others: .* say batch="):
        consumer.handles(*kinds)
    with pytest.raises(TypeError, match=re.escape("says that it takes Count | Greeted, and gets GreetV2")):
        consumer.handles(*kinds, batch=10)(counts)
    with pytest.raises(TypeError, match=re.escape("gets a list: Sequence[Count]")):
        consumer.handles(Count, batch=10)(one_of)
    with pytest.raises(TypeError, match="is handled already"):
        consumer.handles(Count, Count, batch=10)(counts)


def test_a_message_that_this_consumer_cannot_take_is_refused() -> None:
    consumer = Consumer[Any]("sample")
    with pytest.raises(TypeError, match="is old: handle v2"):
        consumer.handles(GreetV1)(one)
    with pytest.raises(TypeError, match="only its owner obeys it"):
        Consumer[Any]("other").handles(Count)(one)
    consumer.handles(GreetV2)(one)
    with pytest.raises(TypeError, match="is handled already"):
        consumer.handles(GreetV2)(one)


@pytest.mark.parametrize(
    ("function", "options"),
    [(one, {}), (many, {"batch": 1}), (bare, {"inbox": False}), (lambda message, tx, deps: None, {})],
)
def test_what_can_work_is_taken(function: Any, options: dict[str, Any]) -> None:
    consumer = Consumer[Any]("sample")
    consumer.handles(GreetV2, **options)(function)
    assert consumer.handlers["sample.greet"].function is function
