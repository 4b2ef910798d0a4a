"""Messages that nobody thought of: types as data, so that one can be changed a little, and values of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from hypothesis import strategies as st
from pydantic import AliasChoices, AwareDatetime, Discriminator, Field, StringConstraints, create_model

from contracts import Command, Message, Value

Strategy = st.SearchStrategy[Any]
_numbers = count(1)


@dataclass(frozen=True)
class Type:
    """A type, and values of it as Python has them."""

    text: str
    annotation: Any = field(compare=False)
    values: Strategy = field(compare=False)
    near: Callable[[], Strategy] = field(compare=False, default=lambda: leaves)
    """Types that differ a little."""

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Part:
    """A field."""

    type: Type
    default: Any = ...
    """... for none."""
    aliases: tuple[str, ...] = ()


Parts = dict[str, Part]


def one(type: Type, **more: Any) -> Parts:
    """One field, `a`."""
    return {"a": Part(type, **more)}


def model(parts: Parts, name: str = "Tested", base: type[Value] = Command) -> type[Any]:
    """A class with these fields."""
    return create_model(
        name, __base__=base, **{n: (p.type.annotation, _info(n, p)) for n, p in parts.items()}
    )


def _info(name: str, part: Part) -> Any:
    alias = AliasChoices(name, *part.aliases) if part.aliases else None
    return Field(part.default, validation_alias=alias)


def messages(made: type[Message], parts: Parts) -> Strategy:
    """Messages as a writer makes them."""
    return st.fixed_dictionaries({name: part.type.values for name, part in parts.items()}).map(
        lambda values: made.model_construct(**values)
    )


# leaves, each with constraints that can be tightened


def _given(**constraints: Any) -> dict[str, Any]:
    return {name: value for name, value in constraints.items() if value is not None}


def integers(least: int | None, most: int | None, step: int | None = None) -> Type:
    """A step goes without bounds."""
    given = _given(ge=least, le=most, multiple_of=step)
    values = st.integers(least, most)
    if step:
        values = values.map(lambda number: number * step)
    return Type(f"int{given}", Annotated[int, Field(**given)], values, lambda: _INTEGERS)


def texts(least: int | None, most: int | None, pattern: str | None = None) -> Type:
    given = _given(min_length=least, max_length=most, pattern=pattern)
    longest = 9 if most is None else most
    values: Strategy = st.one_of(st.text(min_size=size, max_size=longest) for size in (least or 0, longest))
    if pattern:
        values = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        values = values.filter(lambda text: (least or 0) <= len(text) <= longest)
    return Type(f"str{given}", Annotated[str, StringConstraints(**given)], values, lambda: _TEXTS)


def literals(*values: Any) -> Type:
    return Type(f"Literal{list(values)}", Literal[values], st.sampled_from(values), lambda: _LITERALS)


def enums(*values: Any) -> Type:
    made = Enum("Member", {f"M{number}": value for number, value in enumerate(values)})
    return Type(f"Enum{list(values)}", made, st.sampled_from(list(made)), lambda: _ENUMS)


def decimals(digits: int | None, places: int | None) -> Type:
    given = _given(max_digits=digits, decimal_places=places)
    whole = 10 ** ((digits or 9) - (places or 0)) - 1
    values = st.decimals(-whole, whole, places=places or 0)
    return Type(f"Decimal{given}", Annotated[Decimal, Field(**given)], values, lambda: _DECIMALS)


def floats(least: float | None, most: float | None) -> Type:
    given = _given(ge=least, le=most)
    values = st.floats(least, most, allow_nan=False, allow_infinity=False)
    return Type(f"float{given}", Annotated[float, Field(**given)], values, lambda: _FLOATS)


_years = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 hypothesis wants them without an offset
BOOL = Type("bool", bool, st.booleans())
UUIDS = Type("UUID", UUID, st.uuids())
TIMES = Type("AwareDatetime", AwareDatetime, st.datetimes(*_years, timezones=st.just(UTC)))
DATES = Type("date", date, st.dates())
NUMBER, TEXT = integers(None, None), texts(None, None)

_bound = st.one_of(st.none(), st.integers(0, 2))
_high = st.one_of(st.none(), st.integers(2, 4))
_INTEGERS = st.one_of(
    st.builds(integers, _bound, _high),
    st.sampled_from([2, 3, 4]).map(lambda step: integers(None, None, step)),
)
_FLOATS = st.builds(floats, _bound, _high)
_TEXTS = st.builds(texts, _bound, _high, st.sampled_from([None, None, "[a-z]{2,5}", "[a-z]+"]))
_LITERALS = st.lists(
    st.sampled_from(["a", "b", "c", 1, 2, True]), min_size=1, max_size=4, unique_by=repr
).map(lambda values: literals(*values))
_ENUMS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(lambda found: enums(*found))
_DECIMALS = st.builds(decimals, st.sampled_from([None, 5, 7]), st.sampled_from([None, 2, 3]))
_OTHERS = st.sampled_from([BOOL, UUIDS, TIMES, DATES])
leaves: Strategy = st.one_of(_INTEGERS, _FLOATS, _TEXTS, _LITERALS, _ENUMS, _DECIMALS, _OTHERS)


# types with others inside


def optional(inner: Type) -> Type:
    def near() -> Strategy:
        return st.one_of(st.just(inner), inner.near().map(optional))

    return Type(f"{inner}|None", inner.annotation | None, st.one_of(st.none(), inner.values), near)


def several(inner: Type, least: int | None, most: int | None) -> Type:
    given = _given(min_length=least, max_length=most)
    low = least or 0
    high = low + 4 if most is None else most
    sizes = (st.lists(inner.values, min_size=size, max_size=high) for size in (low, high))
    values = st.one_of(*sizes).map(tuple)
    annotation = Annotated[tuple[inner.annotation, ...], Field(**given)]

    def near() -> Strategy:
        return st.one_of(
            inner.near().map(lambda other: several(other, least, most)),
            st.builds(several, st.just(inner), _bound, _high),
            st.just(sets(inner)) if inner.text.startswith(("int", "str", "UUID")) else st.nothing(),
        )

    return Type(f"tuple[{inner},...]{given}", annotation, values, near)


def places(*inner: Type) -> Type:
    def near() -> Strategy:
        other = st.sampled_from(inner).flatmap(lambda part: part.near())
        return other.map(lambda part: places(*inner[:-1], part))

    annotation: Any = tuple[tuple(part.annotation for part in inner)]
    return Type(f"tuple{list(inner)}", annotation, st.tuples(*(part.values for part in inner)), near)


def sets(inner: Type) -> Type:
    return Type(f"set[{inner}]", frozenset[inner.annotation], st.frozensets(inner.values, max_size=3))


def mappings(inner: Type) -> Type:
    values = st.dictionaries(st.text(max_size=3), inner.values, max_size=3)
    annotation = dict[str, inner.annotation]
    return Type(f"dict[str,{inner}]", annotation, values, lambda: inner.near().map(mappings))


def nested(parts: Parts, name: str = "Inner") -> Type:
    made = model(parts, name, Value)

    def near() -> Strategy:
        return changed(parts).map(lambda other: nested(other, name))

    return Type(f"{name}({parts})", made, messages(made, parts), near)


def either(*arms: Type) -> Type:
    values = st.one_of(*(arm.values for arm in arms))
    annotation: Any = Union[tuple(arm.annotation for arm in arms)]  # noqa: UP007 of any number of arms

    def near() -> Strategy:
        first = arms[0].near().map(lambda other: either(other, *arms[1:]))
        more = leaves.map(lambda other: either(*arms, other))
        return st.one_of(first, more, st.just(either(*reversed(arms))), st.sampled_from(arms))

    return Type("|".join(map(repr, arms)), annotation, values, near)


def tagged(arms: dict[str, Parts]) -> Type:
    made = [nested({"kind": Part(literals(tag)), **parts}, f"Arm{tag}") for tag, parts in arms.items()]
    union = either(*made) if len(made) > 1 else made[0]
    annotation = Annotated[union.annotation, Discriminator("kind")] if len(made) > 1 else union.annotation

    def near() -> Strategy:
        tag = next(iter(arms))
        other = changed(arms[tag]).map(lambda parts: tagged({**arms, tag: parts}))
        fewer = {name: parts for name, parts in arms.items() if name != tag}
        more = parts_of(leaves).map(lambda parts: tagged({**arms, "W": parts}))
        return st.one_of(other, more, st.just(tagged(fewer)) if fewer else st.nothing())

    return Type(f"tagged {union}", annotation, union.values, near)


def parts_of(types: Strategy) -> Strategy:
    """One field or two; defaults are such as every type can have."""
    part = st.one_of(st.builds(Part, types), types.map(lambda found: Part(optional(found), default=None)))
    return st.dictionaries(st.sampled_from("ab"), part, min_size=1, max_size=2)


def _wider(types: Strategy) -> Strategy:
    return st.one_of(
        types.map(optional),
        st.builds(several, types, _bound, _high),
        st.builds(places, types, types),
        types.map(mappings),
        parts_of(types).map(nested),
        st.builds(either, types, types),
        st.dictionaries(st.sampled_from("XYZ"), parts_of(types), min_size=1, max_size=3).map(tagged),
    )


types: Strategy = st.recursive(st.one_of(leaves, leaves.map(optional)), _wider, max_leaves=3)
parts: Strategy = parts_of(types)


@st.composite
def changed(draw: Callable[[Strategy], Any], before: Parts) -> Parts:
    """The same message some time later: most of it stays, so that what differs is one thing or two."""
    after: Parts = {}
    for name, part in before.items():
        match draw(st.sampled_from(["stays", "type", "near", "near", "near", "goes", "renamed", "default"])):
            case "stays":
                after[name] = part
            case "type":
                after[name] = Part(draw(types))
            case "near":
                after[name] = Part(draw(st.one_of(part.type.near(), st.just(optional(part.type)))))
            case "renamed":
                after[f"{name}_new"] = Part(part.type, aliases=(name,))
            case "default":
                after[name] = Part(optional(part.type), default=None)
    if draw(st.booleans()):
        after[f"added_{next(_numbers) % 3}"] = draw(st.builds(Part, types))
    return after
