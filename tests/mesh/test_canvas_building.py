"""What a canvas is made of, and what is refused as it is built: with both steps, the field, what to do."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection
from sample import Count, Double, Greeted, Number, Ping, Work
from second import Add, Finish, Keep, NoteFailure

from contracts import Command, Producer, Value, contract
from contracts.canvas import Failed
from mesh import canvas, context, wire
from mesh.canvas import chain, chord, group, spread, step
from mesh.errors import DoesNotFit, TooLarge, Undeclared, UnknownLane
from mesh.outbox import LIMIT


class Wide(Value):
    number: str


@contract("sample.widen", version=1, replies=Wide)
class Widen(Command):
    """Replies with what no number is made of."""


@contract("sample.either", version=1)
class Either(Command):
    """Stands behind a group of different parts."""

    replies: tuple[Number, Wide]


def doubles(count: int = 2) -> list[canvas.Step]:
    return [step(Double, number=number) for number in range(count)]


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a reply that lacks a field": (
        lambda: chain(step(Double, number=1), step(Finish)),
        (
            "second.finish v1 after sample.double v1: what: it is not written, and is required; "
            "that replies Number (number). Give it, step(Finish, what=…), or have the reply bring what is "
            "read"
        ),
    ),
    "a reply of another type": (
        lambda: chain(step(Widen), step(Keep)),
        "second.keep v1 after sample.widen v1: number: string is written, integer is read",
    ),
    "no reply": (lambda: chain(step(Finish, what="x"), step(Keep)), "that replies nothing"),
    "a group's replies in a step that takes one": (
        lambda: chord(doubles(), step(Keep)),
        "second.keep v1 after a group of sample.double v1 and others: number: it is not written",
    ),
    "a group's replies of another kind": (
        lambda: chord([step(Widen), step(Widen)], step(Add)),
        "second.add v1 after a group of sample.widen v1 and others: replies[].number: string is written",
    ),
    "a part of a group that the step before does not suit": (
        lambda: chain(step(Widen), group([step(Double, number=1), step(Keep)])),
        "second.keep v1 after sample.widen v1: number",
    ),
    "in a chain within": (
        lambda: chain(step(Double, number=1), chain(step(Widen), step(Keep))),
        "sample.widen v1",
    ),
    "a field that it does not have": (lambda: step(Double, numbr=2), "numbr: Extra inputs are not permitted"),
    "a field of another type": (
        lambda: step(Double, number="two"),
        "number: Input should be a valid integer",
    ),
    "an event": (lambda: step(Greeted, names=("Ada",)), "sample.greeted v1 is an event"),
    "a group behind a group": (
        lambda: chain(group(doubles()), group([step(Add)])),
        "put a step between them",
    ),
    "a part that ends as a group": (
        lambda: chord([chain(step(Double, number=1), group([step(Double)]))], step(Add)),
        "ends as a group, and so with no reply of its own",
    ),
    "a group of nothing": (lambda: group([]), "would never end"),
    "a chain of nothing": (chain, "a chain of nothing"),
    "a spread of nothing": (lambda: spread([]), "0 steps"),
    "a part of a spread that lacks a field": (
        lambda: spread([step(Double)]),
        "sample.double v1 after a spread: number",
    ),
    "two of one key": (lambda: group(part.keyed("x") for part in doubles()), "keyed 'x'"),
    "a link that does not fit": (
        lambda: step(Widen).link(step(Keep)),
        "second.keep v1 after sample.widen v1",
    ),
    "a link of a group": (lambda: group(doubles()).link(step(Finish, what="x")), "write chord(group"),
    "who is told, and has no place for it": (
        lambda: step(Widen).link_error(step(Finish, what="x")).link_error(step(Keep)),
        "second.keep v1 after the failure of sample.widen v1: number",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused(case: str) -> None:
    build, said = REFUSED[case]
    with pytest.raises(DoesNotFit) as refused:
        build()
    assert said in str(refused.value)


def test_a_lane_that_the_contract_does_not_have() -> None:
    with pytest.raises(UnknownLane, match=r"sample\.double v1 has no lane 'bulk'"):
        step(Double, number=1).in_lane("bulk")


def test_a_group_of_different_parts_replies_in_their_order() -> None:
    chord([step(Double, number=1), step(Widen)], step(Either))
    with pytest.raises(DoesNotFit, match=r"replies\[0\]\.number"):
        chord([step(Widen), step(Double, number=1)], step(Either))


def test_what_is_given_needs_no_reply() -> None:
    chain(step(Widen), step(Keep, number=1), step(Widen), step(Finish(what="all")))


def test_what_follows_what_replies_nothing_takes_nothing() -> None:
    chord([step(Finish, what="a"), step(Finish, what="b")], step(Finish, what="all"))


def ids(built: canvas.Canvas, id: UUID) -> list[UUID]:
    return [placed.id for placed in canvas.steps(built, id=id)]


def test_ids_follow_from_the_canvas_and_the_place() -> None:
    one, other = uuid4(), uuid4()
    build = lambda: chain(group(doubles(5)), step(Add), step(Keep))  # noqa: E731
    assert ids(build(), one) == ids(build(), one)
    assert len({*ids(build(), one), *ids(build(), other)}) == 14


def test_a_key_holds_where_the_number_does_not() -> None:
    id = uuid4()
    parts = {name: step(Double, number=len(name)).keyed(name) for name in ("one", "three", "seven")}
    all_of_them, without = group(parts.values()), group([parts["three"], parts["seven"]])
    assert ids(without, id) == ids(all_of_them, id)[1:]


def test_in_whatever_lanes_a_spread_lies_its_parts_are_the_same() -> None:
    id = uuid4()
    assert sorted(ids(spread(doubles(20), at_once=3), id)) == sorted(ids(spread(doubles(20), at_once=8), id))


def test_a_first_step_lacks_nothing(tx: Any) -> None:
    with pytest.raises(DoesNotFit, match=r"sample\.double v1 after nothing: number"):
        canvas.put(tx, step(Double), id=uuid4())


def test_what_is_too_large_says_what_to_do(tx: Any) -> None:
    parts = doubles(1000)
    with pytest.raises(TooLarge, match="spread them over more lanes"):
        canvas.put(tx, spread(parts, at_once=2), id=uuid4())
    canvas.put(tx, spread(parts, at_once=8), id=uuid4())
    largest = tx.execute("SELECT max(length(envelope::text) + length(carries::text)) FROM outbox").fetchone()[
        0
    ]
    assert LIMIT / 4 < largest < LIMIT


def test_what_the_service_does_not_say_that_it_sends_is_refused(tx: Any) -> None:
    context.identify(Producer(service="tests", build="0"), [Double])
    with pytest.raises(Undeclared, match=r"second\.note_failure"):
        canvas.put(tx, step(Double, number=1).link_error(step(NoteFailure)), id=uuid4())


@contract("sample.measured", version=1, replies=Number)
class Lasting(Command):
    """Has a default for what a reply may bring."""

    number: int = 7
    text: str = "as it comes"


def test_a_default_stands_where_no_reply_brings_the_field(tx: Any) -> None:
    canvas.put(tx, chain(step(Lasting), step(Lasting), step(Lasting, number=3)), id=uuid4())
    document, carries = tx.execute("SELECT envelope, carries FROM outbox").fetchone()
    last, second = (signed["args"][0]["data"] for signed in carries["embed"]["chain"])
    assert document["data"] == {"number": 7, "text": "as it comes"}
    assert second == {"text": "as it comes"}, "the number is what the first replies"
    assert last == {"number": 3, "text": "as it comes"}


def test_a_step_says_in_which_lane_it_travels(tx: Any) -> None:
    canvas.put(tx, chain(step(Work, text="x").in_lane("bulk"), step(Ping, text="y").immutable()), id=uuid4())
    assert tx.execute("SELECT routing_key FROM outbox").fetchone() == ("sample.work.v1.bulk",)


def test_each_header_that_a_step_needs_outlives_another_try() -> None:
    assert {wire.PARTS, wire.APART, wire.BROKEN, wire.CANVAS, wire.SENDING, "expires"} <= {*wire.KEPT}


def test_who_is_told_may_have_more_fields() -> None:
    built = chain(step(Count, number=1)).link_error(step(NoteFailure, what="counting"))
    [part] = built.parts
    assert isinstance(part, canvas.Step)
    [told] = part.errors
    assert told.known == {"what": "counting"}
    assert Failed.model_fields.keys() == {"canvas_id", "step_id", "step", "kind", "reason"}


async def put_async(url: str, built: canvas.Canvas) -> None:
    async with await AsyncConnection.connect(url, autocommit=True) as tx:
        await canvas.put(tx, built, id=uuid4())


def test_a_request_puts_one_too(url: str, tx: Any) -> None:
    asyncio.run(put_async(url, chord(doubles(), step(Add))))
    assert tx.execute("SELECT count(*) FROM outbox").fetchone() == (2,)
