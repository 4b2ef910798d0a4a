"""Every rule of the checker: what a change is called, what it means in each direction, and that it is so."""

import enum
import os
import re
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from re import Pattern
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import pytest
from grammar import (
    DATES,
    TIMES,
    UUIDS,
    Part,
    Parts,
    decimals,
    either,
    enums,
    floats,
    integers,
    literals,
    mappings,
    model,
    nested,
    optional,
    places,
    sets,
    several,
    tagged,
    texts,
)
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    Json,
    field_serializer,
    field_validator,
)

from contracts import Command, ContractError, Event, Value
from contracts.changes import Difference, Order, differences, order
from contracts.schemas import reader, writer
from contracts.verdicts import Pair, Verdict

SAFE, BREAKS, UNPROVABLE = Verdict.SAFE, Verdict.BREAKS, Verdict.UNPROVABLE
NUMBER, TEXT = integers(None, None), texts(None, None)


def one(type: Any, **more: Any) -> Parts:
    return {"a": Part(type, **more)}


def pair(made: type[Any]) -> Pair:
    return Pair(writer(made), reader(made))


# name: (before, after, path, what the rule is called, forward, backward, order)
RULES: dict[str, tuple[Parts, Parts, str, str, Verdict, Verdict, Order]] = {
    "field added, optional": (
        one(TEXT),
        one(TEXT) | {"b": Part(NUMBER, default=0)},
        "b",
        "field added, optional",
        SAFE,
        SAFE,
        Order.ANY,
    ),
    "field added, required": (
        one(TEXT),
        one(TEXT) | {"b": Part(NUMBER)},
        "b",
        "field added, required",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "optional field removed": (
        one(TEXT) | {"b": Part(NUMBER, default=0)},
        one(TEXT),
        "b",
        "field removed",
        SAFE,
        SAFE,
        Order.ANY,
    ),
    "required field removed": (
        one(TEXT) | {"b": Part(NUMBER)},
        one(TEXT),
        "b",
        "field removed",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "field renamed, old name read": (
        one(TEXT),
        {"b": Part(TEXT, aliases=("a",))},
        "a",
        "field removed",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "field renamed, old name forgotten": (
        one(TEXT),
        {"b": Part(TEXT)},
        "b",
        "field added, required",
        SAFE,
        BREAKS,
        Order.MAJOR,
    ),
    "another name read": (
        one(TEXT),
        one(TEXT, aliases=("b",)),
        "a",
        "also read as b",
        SAFE,
        SAFE,
        Order.ANY,
    ),
    "became required": (one(NUMBER, default=1), one(NUMBER), "a", "became required", SAFE, SAFE, Order.ANY),
    "type widened": (
        one(NUMBER),
        one(optional(NUMBER)),
        "a",
        "type integer -> integer | null",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "type narrowed": (
        one(optional(TEXT)),
        one(TEXT),
        "a",
        "type string | null -> string",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "type changed": (one(NUMBER), one(TEXT), "a", "type integer -> string", BREAKS, BREAKS, Order.MAJOR),
    "integer to number, bounded": (
        one(integers(0, 9)),
        one(floats(0, 9)),
        "a",
        "type integer -> number",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "integer to number, any": (
        one(NUMBER),
        one(floats(None, None)),
        "a",
        "type integer -> number",
        BREAKS,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "id to text": (one(UUIDS), one(TEXT), "a", "type string (uuid) -> string", BREAKS, SAFE, Order.CONSUMERS),
    "day to time": (
        one(DATES),
        one(TIMES),
        "a",
        "type string (date) -> string (date-time)",
        UNPROVABLE,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "constraint tightened": (
        one(texts(1, None)),
        one(texts(3, None)),
        "a",
        "minLength 1 -> 3",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "constraint loosened": (
        one(integers(0, 5)),
        one(integers(0, 9)),
        "a",
        "maximum 5 -> 9",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "multiples": (
        one(integers(None, None, 2)),
        one(integers(None, None, 4)),
        "a",
        "multipleOf 2 -> 4",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "pattern changed": (
        one(texts(None, None, "[a-z]+")),
        one(texts(None, None, "[a-z]{2,5}")),
        "a",
        'pattern "[a-z]+" -> "[a-z]{2,5}"',
        UNPROVABLE,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "digits": (
        one(decimals(7, 2)),
        one(decimals(5, 2)),
        "a",
        'max_digits "7" -> "5"',
        UNPROVABLE,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "enum member added": (
        one(enums("a", "b")),
        one(enums("a", "b", "c")),
        "a",
        'value added "c"',
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "enum member removed": (
        one(literals("a", "b")),
        one(literals("a")),
        "a",
        'value removed "b"',
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "union arm added": (
        one(either(NUMBER, TEXT)),
        one(either(NUMBER, TEXT, several(NUMBER, None, None))),
        "a",
        "type integer | string -> integer | string | array of integer",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "arm of a tagged union added": (
        one(tagged({"X": one(TEXT), "Y": one(NUMBER)})),
        one(tagged({"X": one(TEXT), "Y": one(NUMBER), "Z": one(TEXT)})),
        "a",
        "type ArmX | ArmY -> ArmX | ArmY | ArmZ",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "arm that looks like another added": (
        one(either(nested(one(TEXT), "First"), nested(one(NUMBER), "Second"))),
        one(either(nested(one(TEXT), "First"), nested(one(NUMBER), "Second"), nested(one(TEXT), "Third"))),
        "a",
        "type First | Second -> First | Second | Third",
        BREAKS,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "default changed": (
        one(NUMBER, default=1),
        one(NUMBER, default=2),
        "a",
        "default 1 -> 2",
        SAFE,
        SAFE,
        Order.ANY,
    ),
    "deep inside": (
        one(several(nested({"b": Part(TEXT)}), None, None)),
        one(several(nested({"b": Part(TEXT), "c": Part(TEXT)}), None, None)),
        "a[].c",
        "field added, required",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "values of a mapping": (
        one(mappings(integers(0, 5))),
        one(mappings(integers(0, 9))),
        "a{}",
        "maximum 5 -> 9",
        BREAKS,
        SAFE,
        Order.CONSUMERS,
    ),
    "places": (
        one(places(NUMBER, NUMBER)),
        one(places(NUMBER, NUMBER, NUMBER)),
        "a",
        "maxItems 2 -> 3",
        BREAKS,
        BREAKS,
        Order.MAJOR,
    ),
    "list to places of another type": (
        one(several(TEXT, 2, 2)),
        one(places(NUMBER, NUMBER)),
        "a[0]",
        "changed inside",
        BREAKS,
        BREAKS,
        Order.MAJOR,
    ),
    "list to places": (
        one(several(NUMBER, 2, 2)),
        one(places(NUMBER, NUMBER)),
        "a",
        "type array of integer -> array",
        SAFE,
        SAFE,
        Order.ANY,
    ),
    "least raised": (
        one(integers(0, 9)),
        one(integers(1, 9)),
        "a",
        "minimum 0 -> 1",
        SAFE,
        BREAKS,
        Order.PRODUCERS,
    ),
    "list to set": (
        one(several(NUMBER, None, None)),
        one(sets(NUMBER)),
        "a",
        "uniqueItems nothing -> true",
        SAFE,
        UNPROVABLE,
        Order.PRODUCERS,
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_change_has_its_name_and_its_verdicts(rule: str) -> None:
    before, after, path, called, forward, backward, deployed = RULES[rule]
    found = differences(pair(model(before)), pair(model(after)))
    told = {d.path: d for d in found}
    assert called in told[path].rule, found
    assert (told[path].forward, told[path].backward) == (forward, backward), found
    assert order(found) is deployed, found


# what pydantic says to it: (rule, message of the one, whether the other reads it as it is)
WITNESSES: list[tuple[str, str, Any]] = [
    ("field added, required", "backward", {"a": "x"}),
    ("required field removed", "forward", {"a": "x"}),
    ("type widened", "forward", {"a": None}),
    ("type narrowed", "backward", {"a": None}),
    ("type changed", "forward", {"a": "x"}),
    ("id to text", "forward", {"a": "x"}),
    ("constraint tightened", "backward", {"a": "x"}),
    ("constraint loosened", "forward", {"a": 9}),
    ("multiples", "backward", {"a": 2}),
    ("enum member added", "forward", {"a": "c"}),
    ("enum member removed", "backward", {"a": "b"}),
    ("union arm added", "forward", {"a": [1]}),
    ("arm of a tagged union added", "forward", {"a": {"kind": "Z", "a": "x"}}),
    ("deep inside", "backward", {"a": [{"b": "x"}]}),
    ("values of a mapping", "forward", {"a": {"x": 9}}),
    ("places", "forward", {"a": [1, 2, 3]}),
    ("places", "backward", {"a": [1, 2]}),
]


@pytest.mark.parametrize(("rule", "direction", "message"), WITNESSES)
def test_what_is_said_to_break_does(rule: str, direction: str, message: Any) -> None:
    before, after, *_ = RULES[rule]
    written, read = (after, before) if direction == "forward" else (before, after)
    assert model(written).read(message).model_dump(mode="json") == message
    with pytest.raises(ContractError):
        model(read).read(message)


def test_a_class_may_have_another_name() -> None:
    """It is not on the wire."""
    first, second = (model(one(nested(one(TEXT), name))) for name in ("First", "Second"))
    assert differences(pair(first), pair(second)) == []


def lowered(value: str) -> str:
    return value.lower()


def raised(value: str) -> str:
    return value.upper()


def limited(most: int, value: str) -> str:
    return value[:most]


def named(limit: int) -> Any:
    def short(value: str) -> str:
        if len(value) > limit:
            raise ValueError("too long")
        return value

    return short


class Couple(NamedTuple):
    a: int
    b: int


class Triple(NamedTuple):
    a: int
    b: int
    c: str


Colour = enum.StrEnum("Colour", ["RED", "BLUE"])
Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Shorter = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class Alike(Value):
    x: int
    y: int


class AlikeNow(Value):
    x: int
    y: int = 0
    w: str = ""


class Other(Value):
    x: int
    z: str


MANY = [
    Couple,
    dict[Colour, int],
    dict[UUID, int],
    Annotated[str, AfterValidator(lambda value: value)],
    IPv4Address,
    Pattern[str],
    Json[int],
    HttpUrl,
    timedelta,
    frozenset[Literal["a", "b", "c"]],
    Annotated[str, AfterValidator(partial(str.removeprefix, "x"))],
]
Checked = Annotated[str, AfterValidator(lowered)]
Otherwise = Annotated[str, AfterValidator(raised)]


def of(annotation: Any, **more: Any) -> Pair:
    """A message with a field of this type, and some others."""
    namespace = {"__annotations__": {"a": annotation, **more}, "__module__": __name__}
    return pair(type("Made", (Command,), namespace))


@pytest.mark.parametrize(
    ("before", "after", "verdicts"),
    [
        (Checked, Otherwise, (UNPROVABLE, UNPROVABLE)),
        (str, Checked, (UNPROVABLE, UNPROVABLE)),
        (Checked, str, (UNPROVABLE, UNPROVABLE)),
    ],
)
def test_what_code_decides_is_named(before: Any, after: Any, verdicts: tuple[Verdict, Verdict]) -> None:
    [found] = differences(of(before), of(after))
    assert (found.forward, found.backward) == verdicts
    assert found.rule.startswith("validator")
    assert any("lowered" in why for why in found.why)


def test_words_are_no_change() -> None:
    said = Annotated[int, Field(title="A", description="An A.", examples=[1], deprecated=True)]
    assert differences(of(int), of(said)) == []


def test_what_a_library_decides_is_known() -> None:
    [found] = differences(of(HttpUrl), of(HttpUrl | None))
    assert (found.forward, found.backward) == (BREAKS, SAFE)


def test_what_code_decides_may_stay_while_others_change() -> None:
    [found] = differences(of(Checked), of(Checked, b=int))
    assert (found.path, found.rule) == ("b", "field added, required")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (3, 5),
        (re.compile("a"), re.compile("b")),
        (re.compile("a"), re.compile("a", re.IGNORECASE)),
        ({1, 2}, {1, 3}),
        ({"a": [1]}, {"a": [2]}),
        (Decimal("1.0"), Decimal("1.1")),
        (lowered, raised),
        (partial(limited, 3), partial(limited, 5)),
    ],
)
def test_a_function_is_known_by_what_it_uses(
    before: Any, after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = Annotated[str, AfterValidator(uses_limit)]
    monkeypatch.setitem(globals(), "LIMIT", before)
    first = of(checked)
    assert differences(first, of(checked)) == []
    monkeypatch.setitem(globals(), "LIMIT", after)
    [found] = differences(first, of(checked))
    assert (found.forward, found.backward) == (UNPROVABLE, UNPROVABLE)


LIMIT: Any = 3


def uses_limit(value: str) -> str:
    return value if limit() else ""


def limit() -> Any:
    return LIMIT


def test_a_closure_is_known_by_what_it_holds() -> None:
    three, five = (of(Annotated[str, AfterValidator(named(n))]) for n in (3, 5))
    [found] = differences(three, five)
    assert (found.forward, found.backward) == (UNPROVABLE, UNPROVABLE)


class Plain(Command):
    a: int


class Written(Command):
    a: int

    @field_serializer("a")
    def shown(self, value: int) -> int:
        return value + 1


class Verified(Command):
    a: int

    @field_validator("a")
    @classmethod
    def check(cls, value: int) -> int:
        return value


class Lower(Command):
    model_config = ConfigDict(str_to_lower=True)
    a: str


class Leftmost(Command):
    a: int | str = Field(union_mode="left_to_right")


class Rightmost(Command):
    a: str | int = Field(union_mode="left_to_right")


class Tree(Command):
    name: str
    below: "tuple[Tree, ...]"


class TallTree(Command):
    name: Annotated[str, Field(max_length=9)]
    below: "tuple[TallTree, ...]"


class Happened(Event):
    a: int


def both(before: type[Any], after: type[Any]) -> list[Difference]:
    return differences(pair(before), pair(after))


def test_what_else_schemas_do_not_say() -> None:
    assert [(d.forward, d.backward) for d in both(Plain, Written)] == [(UNPROVABLE, SAFE)]
    assert [(d.forward, d.backward) for d in both(Plain, Verified)] == [(UNPROVABLE, UNPROVABLE)]
    assert order(both(Leftmost, Rightmost)) is Order.MAJOR
    assert [(d.path, d.forward, d.backward) for d in both(Plain, Happened)] == [("", BREAKS, BREAKS)]
    [lower] = both(model(one(TEXT)), Lower)
    assert (lower.forward, lower.backward) == (UNPROVABLE, UNPROVABLE)


def test_a_value_may_contain_itself() -> None:
    assert both(Tree, Tree) == []
    assert {d.path for d in both(Tree, TallTree)} >= {"name"}
    assert order(both(Tree, TallTree)) is Order.PRODUCERS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (dict[str, int], dict[int, int]),
        (dict[UUID, int], dict[int, int]),
        (dict[Literal["a", "b"], int], dict[Literal["a"], int]),
        (int | None, Literal[True] | int | None),
        (bool | str, Literal[1] | bool | str),
        (Annotated[int, Field(strict=False)], Annotated[int, Field(strict=True)]),
        (timedelta, str | timedelta),
        (str, IPv4Address),
        (str, Pattern[str]),
        (str, Json[int]),
        (Couple, Triple),
        (dict[Code, int], dict[Shorter, int]),
        (dict[Code, Couple], dict[Code, Triple]),
        (Colour, int | Colour),
        (Colour, bool | Colour),
        (Literal[2**53 + 1], float),
        (str, Annotated[int, BeforeValidator(len)] | str),
        (Alike | Other, AlikeNow | Other),
    ],
)
def test_what_is_not_shown_to_be_read_is_not_safe(before: Any, after: Any) -> None:
    found = differences(of(before), of(after))
    assert max(d.backward for d in found) > SAFE, found


def test_schemas_are_the_same_in_each_process() -> None:
    """Nothing in them is an address, or in the order of a set."""
    script = "import json, test_changes as t; print(json.dumps([t.of(x) for x in t.MANY]))"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b" at 0x" not in said.pop()


def test_members_are_compared_as_json_has_them() -> None:
    yes, one_ = (of(Literal[value]) for value in (True, 1))
    assert order(differences(yes, one_)) is Order.MAJOR


def test_a_field_of_an_optional_value_has_one_path() -> None:
    first, second = (
        model(one(optional(nested({"b": Part(TEXT), **more})))) for more in ({}, {"c": Part(NUMBER)})
    )
    [found] = both(first, second)
    assert (found.path, found.rule, found.forward, found.backward) == (
        "a|Inner.c",
        "field added, required",
        SAFE,
        BREAKS,
    )
