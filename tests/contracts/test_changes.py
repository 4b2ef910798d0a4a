"""What a change is, beside the rules: what is none, what code or a library decides, what cannot be shown."""

import enum
import os
import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from re import Pattern
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import pytest
from grammar import Part, model, nested, one, optional
from messages import carrying
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    HttpUrl,
    Json,
    ValidationInfo,
    computed_field,
    field_serializer,
    field_validator,
)
from scalars import NUMBER, TEXT

from contracts import Command, Event, Value
from contracts.changes import Difference, Order, differences, order
from contracts.verdicts import Pair, Verdict

SAFE, BREAKS, UNPROVABLE = Verdict.SAFE, Verdict.BREAKS, Verdict.UNPROVABLE


def both(before: type[Any], after: type[Any]) -> list[Difference]:
    return differences(Pair.of(before), Pair.of(after))


def between(before: Any, after: Any) -> list[Difference]:
    """What differs of a message whose field becomes another type."""
    return both(carrying(before), carrying(after))


def test_words_are_no_change() -> None:
    said = Annotated[int, Field(title="A", description="An A.", examples=[1], deprecated=True)]
    assert between(int, said) == []


def test_what_a_library_decides_is_known() -> None:
    [found] = between(HttpUrl, HttpUrl | None)
    assert (found.forward, found.backward) == (BREAKS, SAFE)


def test_a_class_may_have_another_name() -> None:
    """It is not on the wire."""
    first, second = (model(one(nested(one(TEXT), name))) for name in ("First", "Second"))
    assert both(first, second) == []


def test_a_field_of_an_optional_value_has_one_path() -> None:
    inner = {"b": Part(TEXT)}
    first, second = (model(one(optional(nested(parts)))) for parts in (inner, {**inner, "c": Part(NUMBER)}))
    [found] = both(first, second)
    assert (found.path, found.rule) == ("a|Inner.c", "field added, required")
    assert (found.forward, found.backward) == (SAFE, BREAKS)


def test_members_are_compared_as_json_has_them() -> None:
    assert order(between(Literal[True], Literal[1])) is Order.MAJOR


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


class Happened(Event):
    a: int


def test_what_else_schemas_do_not_say() -> None:
    assert [(d.forward, d.backward) for d in both(Plain, Written)] == [(UNPROVABLE, SAFE)]
    assert [(d.forward, d.backward) for d in both(Plain, Verified)] == [(UNPROVABLE, UNPROVABLE)]
    assert order(both(Leftmost, Rightmost)) is Order.MAJOR
    assert [(d.path, d.forward, d.backward) for d in both(Plain, Happened)] == [("", BREAKS, BREAKS)]
    [lower] = both(model(one(TEXT)), Lower)
    assert (lower.forward, lower.backward) == (UNPROVABLE, UNPROVABLE)


class Tree(Command):
    name: str
    below: "tuple[Tree, ...]"


class TallTree(Command):
    name: Annotated[str, Field(max_length=9)]
    below: "tuple[TallTree, ...]"


def test_a_value_may_contain_itself() -> None:
    assert both(Tree, Tree) == []
    assert {d.path for d in both(Tree, TallTree)} >= {"name"}
    assert order(both(Tree, TallTree)) is Order.PRODUCERS


class Node(Command):
    x: int
    after: "Node | None" = None


class OpenNode(Command):
    x: int | None
    after: "OpenNode | None" = None


def test_a_value_may_contain_itself_or_nothing() -> None:
    assert order(both(Node, OpenNode)) is Order.CONSUMERS


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


class Narrow(Value):
    x: int


class Bee(Value):
    kind: Literal["b"]
    x: int
    y: int


class Cow(Value):
    kind: Literal["c"]
    x: int


class Animal(Value):
    kind: str
    x: int
    y: int


class Counted(Command):
    a: int

    @computed_field
    @property
    def b(self) -> int:
        return str(self.a)


class Sent(Command):
    a: int
    b: int


Tagged = Annotated[Bee | Cow, Discriminator("kind")]


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
        (Tagged, Tagged | Animal),
        (Annotated[str, Field(pattern=re.compile("a", re.IGNORECASE))], Annotated[str, Field(pattern="a")]),
        (Annotated[frozenset[Alike], Field(min_length=2)], Annotated[frozenset[Narrow], Field(min_length=2)]),
    ],
)
def test_what_is_not_shown_to_be_read_is_not_safe(before: Any, after: Any) -> None:
    found = between(before, after)
    assert max(d.backward for d in found) > SAFE, found


def test_what_a_property_returns_is_not_checked() -> None:
    assert max(d.backward for d in both(Counted, Sent)) is UNPROVABLE


def checked(value: Any) -> Any:
    return value


def compared(value: Any) -> Any:
    return value or None


def test_what_stands_beside_a_class_is_compared_at_each_place() -> None:
    """Also where the class itself was compared before."""
    first, second = (model(one(nested(one(kind)))) for kind in (optional(NUMBER), NUMBER))
    inner, after = first.model_fields["a"].annotation, second.model_fields["a"].annotation
    before = carrying(inner, b=Annotated[inner, AfterValidator(checked)])
    found = both(before, carrying(after, b=Annotated[after, AfterValidator(compared)]))
    assert max(d.forward for d in found if d.path == "b") is UNPROVABLE


def asking(annotation: Any) -> type[Any]:
    class Asking(Command):
        a: annotation
        b: str

        @field_validator("b")
        @classmethod
        def named(cls, value: str, info: ValidationInfo) -> str:
            return f"{value}{info.data['a']}"

    return Asking


def test_a_validator_that_asks_sees_what_changed() -> None:
    less, more = (Annotated[kind, Field(ge=0, le=9)] for kind in (int, float))
    assert max(d.backward for d in both(asking(less), asking(more)) if d.path == "b") is UNPROVABLE


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


def test_schemas_are_the_same_in_each_process() -> None:
    """Nothing in them is an address, or in the order of a set."""
    script = "import json, test_changes as t; print(json.dumps([t.Pair.of(t.carrying(x)) for x in t.MANY]))"
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
