"""Code in a message: how often it is applied, in which order, on which side of what else is checked."""

from typing import Annotated, Any, Self

import pytest
from messages import carrying
from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    StringConstraints,
    WrapSerializer,
    model_serializer,
    model_validator,
)

from contracts import Value
from contracts.changes import Difference, differences
from contracts.verdicts import Pair, Verdict


def between(before: Any, after: Any, **more: Any) -> list[Difference]:
    return differences(Pair.of(carrying(before, **more)), Pair.of(carrying(after, **more)))


def halved(value: int) -> int:
    return value // 2


def lowered(value: str) -> str:
    return value.lower()


def first(value: Any) -> str:
    return f"1{value}"


def second(value: Any) -> str:
    return f"2{value}"


def shown(value: Any) -> Any:
    return value or "none"


def around(value: Any, inner: Any):  # pydantic asks for what it returns
    return inner(value)


def around_text(value: Any, inner: Any) -> str:
    return str(inner(value))


Halved = Annotated[int, AfterValidator(halved)]
Quartered = Annotated[int, AfterValidator(halved), AfterValidator(halved)]


def wrapped(inner: Any, outer: Any) -> Any:
    """Two serializers that both count, with something between them."""
    return Annotated[str, inner, AfterValidator(lowered), outer]


class Checked(Value):
    b: int

    @model_validator(mode="after")
    def check(self) -> Self:
        return self


def again(value: Any) -> Any:
    return value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Halved, Quartered),
        (Halved | None, Quartered | None),
        (Halved | str, Quartered | str),
        (tuple[Halved, str], tuple[Quartered, str]),
        (tuple[Halved, ...], tuple[Quartered, ...]),
        (dict[str, Halved], dict[str, Quartered]),
        (Annotated[Checked, AfterValidator(again)], Annotated[Checked, *[AfterValidator(again)] * 2]),
        (Annotated[int, BeforeValidator(halved)], Halved),
        (
            Annotated[str | int, StringConstraints(pattern="^a")],
            Annotated[str | int, StringConstraints(pattern="^b")],
        ),
        (
            Annotated[Checked, BeforeValidator(again, json_schema_input_type=str)],
            Annotated[Checked, AfterValidator(again), BeforeValidator(again, json_schema_input_type=str)],
        ),
    ],
)
def test_what_is_applied_otherwise_is_not_safe(before: Any, after: Any) -> None:
    for more in ({}, {"b": Checked, "c": Checked}):
        found = between(before, after, **more)
        assert max(d.forward for d in found) > Verdict.SAFE
        assert max(d.backward for d in found) > Verdict.SAFE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            wrapped(PlainSerializer(first), WrapSerializer(around)),
            wrapped(PlainSerializer(second), WrapSerializer(around)),
        ),
        (
            wrapped(PlainSerializer(first), WrapSerializer(around_text)),
            wrapped(PlainSerializer(second), WrapSerializer(around_text)),
        ),
        (
            wrapped(WrapSerializer(around), WrapSerializer(around)),
            Annotated[str, AfterValidator(lowered), WrapSerializer(around)],
        ),
        (
            Annotated[str | None, PlainSerializer(first)],
            Annotated[str | None, PlainSerializer(first, when_used="unless-none")],
        ),
        (Annotated[Any, PlainSerializer(first)], Annotated[Any, PlainSerializer(second)]),
    ],
)
def test_what_is_written_by_other_code_is_not_safe(before: Any, after: Any) -> None:
    assert max(d.forward for d in between(before, after)) > Verdict.SAFE


def test_a_plain_serializer_stands_in_place_of_what_is_inside() -> None:
    """Nobody calls that one."""
    before, after = (
        carrying(wrapped(PlainSerializer(inner), PlainSerializer(shown))) for inner in (first, second)
    )
    assert differences(Pair.of(before), Pair.of(after)) == []


def test_what_a_library_is_asked_to_do_is_not_safe() -> None:
    """Of `hex` nobody knows that it writes text, of `len` that it makes a number of one."""
    for asked in (Annotated[int, PlainSerializer(hex)], Annotated[int, AfterValidator(str)]):
        assert max(d.backward for d in between(asked, int)) > Verdict.SAFE


class Written(Value):
    b: int

    @model_serializer(mode="wrap")
    def write(self, inner: Any):
        return inner(self)


class Unwritten(Value):
    b: int


def test_code_of_a_class_counts_wherever_the_class_is_used() -> None:
    """pydantic tells of it at the first place alone."""
    for used, other in ((Written, Unwritten), (Checked, Unwritten)):
        last = differences(Pair.of(carrying(used, b=used)), Pair.of(carrying(used, b=other)))
        assert max(d.backward for d in last if d.path == "b") > Verdict.SAFE


@pytest.mark.parametrize("used", [Checked, Written])
def test_another_use_of_a_class_changes_nothing_where_it_was_used(used: type[Value]) -> None:
    found = differences(Pair.of(carrying(int, b=used)), Pair.of(carrying(used, b=used)))
    assert {d.path for d in found if max(d.forward, d.backward) > Verdict.SAFE} == {"a"}
