"""Types with nothing inside, each with constraints that can be tightened, and values of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from hypothesis import strategies as st
from pydantic import AwareDatetime, Field, StringConstraints

Strategy = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Type:
    """A type, and values of it as Python has them."""

    text: str
    annotation: Any = field(compare=False)
    values: Strategy = field(compare=False)
    near: Callable[[], Strategy] = field(compare=False, default=lambda: SCALARS)
    """Types that differ a little."""

    def __repr__(self) -> str:
        return self.text


def stated(**constraints: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in constraints.items() if value is not None}


def integers(least: int | None, most: int | None, step: int | None = None) -> Type:
    """A step goes without bounds."""
    bounds = stated(ge=least, le=most, multiple_of=step)
    values = st.integers(least, most)
    if step:
        values = values.map(lambda number: number * step)
    return Type(f"int{bounds}", Annotated[int, Field(**bounds)], values, lambda: _INTEGERS)


def texts(least: int | None, most: int | None, pattern: str | None = None) -> Type:
    bounds = stated(min_length=least, max_length=most, pattern=pattern)
    longest = 9 if most is None else most
    values: Strategy = st.one_of(st.text(min_size=size, max_size=longest) for size in (least or 0, longest))
    if pattern:
        values = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        values = values.filter(lambda text: (least or 0) <= len(text) <= longest)
    return Type(f"str{bounds}", Annotated[str, StringConstraints(**bounds)], values, lambda: _TEXTS)


def literals(*values: Any) -> Type:
    return Type(f"Literal{list(values)}", Literal[values], st.sampled_from(values), lambda: _LITERALS)


def enums(*values: Any) -> Type:
    made = Enum("Member", {f"M{number}": value for number, value in enumerate(values)})
    return Type(f"Enum{list(values)}", made, st.sampled_from(list(made)), lambda: _ENUMS)


def decimals(digits: int | None, places: int | None) -> Type:
    bounds = stated(max_digits=digits, decimal_places=places)
    whole = 10 ** ((digits or 9) - (places or 0)) - 1
    values = st.decimals(-whole, whole, places=places or 0)
    return Type(f"Decimal{bounds}", Annotated[Decimal, Field(**bounds)], values, lambda: _DECIMALS)


def floats(least: float | None, most: float | None) -> Type:
    bounds = stated(ge=least, le=most)
    values = st.floats(least, most, allow_nan=False, allow_infinity=False)
    return Type(f"float{bounds}", Annotated[float, Field(**bounds)], values, lambda: _FLOATS)


_years = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 hypothesis wants them without an offset
BOOL = Type("bool", bool, st.booleans())
UUIDS = Type("UUID", UUID, st.uuids())
TIMES = Type("AwareDatetime", AwareDatetime, st.datetimes(*_years, timezones=st.just(UTC)))
DATES = Type("date", date, st.dates())
NUMBER, TEXT = integers(None, None), texts(None, None)

LOW = st.one_of(st.none(), st.integers(0, 2))
HIGH = st.one_of(st.none(), st.integers(2, 4))
_INTEGERS = st.one_of(
    st.builds(integers, LOW, HIGH),
    st.sampled_from([2, 3, 4]).map(lambda step: integers(None, None, step)),
)
_FLOATS = st.builds(floats, LOW, HIGH)
_TEXTS = st.builds(texts, LOW, HIGH, st.sampled_from([None, None, "[a-z]{2,5}", "[a-z]+"]))
_LITERALS = st.lists(
    st.sampled_from(["a", "b", "c", 1, 2, True]), min_size=1, max_size=4, unique_by=repr
).map(lambda values: literals(*values))
_ENUMS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(lambda found: enums(*found))
_DECIMALS = st.builds(decimals, st.sampled_from([None, 5, 7]), st.sampled_from([None, 2, 3]))
_OTHERS = st.sampled_from([BOOL, UUIDS, TIMES, DATES])
SCALARS: Strategy = st.one_of(_INTEGERS, _FLOATS, _TEXTS, _LITERALS, _ENUMS, _DECIMALS, _OTHERS)
