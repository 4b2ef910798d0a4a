"""What a command replies: what is refused, whether the next message is made of it, and how it may change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from contracts import Command, Contract, Event, Value, contract, contract_of, registry, release
from contracts.changes import Order
from contracts.release import revisions, unreleased, verdicts
from contracts.replies import missing
from contracts.verdicts import Verdict


def reply(**fields: Any) -> type[Value]:
    return create_model("Reply", __base__=Value, __module__=__name__, **fields)


def command(**fields: Any) -> type[Command]:
    return create_model("Asked", __base__=Command, __module__=__name__, **fields)


NUMBER, TEXT = reply(number=(int, ...)), reply(number=(str, ...))


@pytest.mark.parametrize("kind", [int, "Number", Command, command()])
def test_a_reply_that_is_no_value(name: str, kind: Any) -> None:
    with pytest.raises(TypeError, match="is no Value"):
        contract(name, version=1, replies=kind)(command())


def test_nobody_answers_an_event(name: str) -> None:
    announced = create_model("Announced", __base__=Event, __module__=__name__)
    with pytest.raises(TypeError, match="nobody answers an event"):
        contract(name, version=1, replies=NUMBER)(announced)


def test_what_no_message_may_be_made_of_no_reply_may(name: str) -> None:
    with pytest.raises(TypeError, match="JSON carries no bytes"):
        contract(name, version=1, replies=reply(data=(bytes, ...)))(command())


class Old(Command):
    def upcast(self) -> Command:
        raise NotImplementedError


@pytest.mark.parametrize("other", [None, TEXT, reply(total=(int, ...))])
def test_a_newer_version_replies_what_senders_of_the_older_one_wait_for(name: str, other: Any) -> None:
    model = type("Old", (Old,), {"upcast": Old.upcast})
    contract(name, version=1, replies=NUMBER)(model)
    with pytest.raises(TypeError, match=r"who sends v1 waits for Reply"):
        contract(name, version=2, replies=other)(command())
    wider = command()
    contract(name, version=2, replies=reply(number=(int, ...), text=(str, "")))(wider)
    assert contract_of(wider).replies


FITTING: list[tuple[type[Value] | None, type[Command], set[str], str]] = [
    (NUMBER, command(number=(int, ...)), set(), ""),
    (NUMBER, command(), set(), ""),
    (NUMBER, command(number=(int | None, None)), set(), ""),
    (NUMBER, command(number=(str, ...)), {"number"}, ""),
    (NUMBER, command(number=(int, ...), text=(str, "")), set(), ""),
    (NUMBER, command(number=(str, ...)), set(), "number: integer is written, string is read"),
    (NUMBER, command(text=(str, ...)), set(), "text: it is not written, and is required"),
    (
        reply(number=(int | None, None)),
        command(number=(int, ...)),
        set(),
        "number: null is written, integer is read",
    ),
    (None, command(number=(int, ...)), set(), "number: it is not written, and is required"),
    (None, command(number=(int, 1)), set(), ""),
]


@pytest.mark.parametrize(("given", "asked", "known", "said"), FITTING)
def test_whether_a_reply_is_what_a_message_lacks(given: Any, asked: Any, known: set[str], said: str) -> None:
    assert "; ".join(f"{p.path}: {p.why}" for p in missing(given, asked, known)) == said


@pytest.fixture
def state(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Contract]:
    """A contract whose reply is this, as a tree may have it at some time."""
    monkeypatch.setattr(release, "FOLDER", tmp_path)

    def state(replies: type[Value] | None) -> Contract:
        made = Contract(name, 1, command(), replies=replies)
        monkeypatch.setitem(registry._by_class, made.model, made)
        return made

    return state


WIDER = reply(number=(int, ...), text=(str, ""))
CHANGES: list[tuple[Any, Any, Order, str]] = [
    (NUMBER, NUMBER, Order.ANY, ""),
    (NUMBER, WIDER, Order.ANY, "reply.text"),
    (WIDER, NUMBER, Order.ANY, "reply.text"),
    (reply(number=(int, ...), text=(str, ...)), NUMBER, Order.PRODUCERS, "reply.text"),
    (NUMBER, reply(number=(int, ...), text=(str, ...)), Order.CONSUMERS, "reply.text"),
    (NUMBER, TEXT, Order.MAJOR, "reply.number"),
    (None, NUMBER, Order.CONSUMERS, "reply"),
    (NUMBER, None, Order.PRODUCERS, "reply"),
]


@pytest.mark.parametrize(("before", "after", "order", "path"), CHANGES)
def test_how_a_reply_may_change(
    state: Callable[..., Contract], before: Any, after: Any, order: Order, path: str
) -> None:
    release.release(state(before))
    changed = state(after)
    [verdict] = verdicts(changed)
    assert verdict.order is order
    assert [d.path for d in verdict.differences] == ([path] if path else [])
    assert unreleased(changed) == bool(path)


def test_a_reply_is_released_with_its_command(state: Callable[..., Contract]) -> None:
    written = release.release(state(NUMBER))
    assert {"reply-writer.json", "reply-reader.json"} <= {path.name for path in written}
    [revision] = revisions(state(NUMBER))
    assert revision.reply
    assert revision.reply.writer["required"] == ["number"]


def test_why_is_said_of_canvases(state: Callable[..., Contract]) -> None:
    release.release(state(NUMBER))
    [verdict] = verdicts(state(TEXT))
    [difference] = verdict.differences
    assert difference.forward is difference.backward is Verdict.BREAKS
    assert difference.why[0] == "old canvases: string is written, integer is read"
