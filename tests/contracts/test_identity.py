"""Functions that decide of a message: known by their source and by all that it uses."""

import re
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Self

import pytest
from annotated_types import Not, Predicate
from messages import carrying
from pydantic import AfterValidator, field_validator, model_validator
from pydantic.experimental.pipeline import validate_as

from contracts import Value, contract
from contracts.changes import Difference, differences
from contracts.verdicts import Pair, Verdict


def of(annotation: Any, **more: Any) -> Pair:
    return Pair.of(carrying(annotation, **more))


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


Lowered = Annotated[str, AfterValidator(lowered)]
Raised = Annotated[str, AfterValidator(raised)]


def is_unprovable(found: list[Difference]) -> bool:
    return [(d.forward, d.backward) for d in found] == [(Verdict.UNPROVABLE, Verdict.UNPROVABLE)]


@pytest.mark.parametrize(("before", "after"), [(Lowered, Raised), (str, Lowered), (Lowered, str)])
def test_what_code_decides_is_named(before: Any, after: Any) -> None:
    found = differences(of(before), of(after))
    assert is_unprovable(found)
    assert found[0].rule.startswith("validator")
    assert any("lowered" in why for why in found[0].why)


def test_what_code_decides_may_stay_while_others_change() -> None:
    [found] = differences(of(Lowered), of(Lowered, b=int))
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
    assert is_unprovable(differences(first, of(checked)))


LIMIT: Any = 3


def uses_limit(value: str) -> str:
    return value if limit() else ""


def limit() -> Any:
    return LIMIT


def test_a_closure_is_known_by_what_it_holds() -> None:
    three, five = (of(Annotated[str, AfterValidator(named(n))]) for n in (3, 5))
    assert is_unprovable(differences(three, five))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Predicate(str.islower), Predicate(str.isupper)),
        (Predicate(str.islower), Not(str.islower)),
        (Predicate(partial(limited, 3)), Predicate(partial(limited, 5))),
        (Predicate(re.compile("a").match), Predicate(re.compile("b").match)),
        (AfterValidator({"a": "b"}.get), AfterValidator({"a": "c"}.get)),
        (AfterValidator("a".__add__), AfterValidator("b".__add__)),
        (validate_as(str).validate_as(Any).gt("a"), validate_as(str).validate_as(Any).gt("b")),
    ],
)
def test_a_function_is_known_by_what_it_is_bound_to(before: Any, after: Any) -> None:
    first, second = of(Annotated[str, before]), of(Annotated[str, after])
    assert differences(first, of(Annotated[str, before])) == []
    assert max(d.forward for d in differences(first, second)) > Verdict.SAFE


class Most:
    MOST = LIMIT


class Limits(Most):
    pass


def uses_class(value: str) -> str:
    return value[: Limits.MOST]


def imports(value: str) -> str:
    from contracts.leaves import EXACT

    return value[:EXACT]


class Basic(Value):
    a: str

    @classmethod
    def cut(cls, value: str) -> str:
        return value

    @classmethod
    def max(cls, value: str) -> str:
        return value

    @classmethod
    def limit(cls, value: str) -> str:
        return value

    @property
    def is_right(self) -> bool:
        return True

    def is_known(self) -> bool:
        return True

    @field_validator("a")
    @classmethod
    def check(cls, value: str) -> str:
        return cls.cut(value)

    @model_validator(mode="after")
    def whole(self) -> Self:
        return self if self.is_right and self.is_known() else self.model_copy()


class Derived(Basic):
    @field_validator("a")
    @classmethod
    def check(cls, value: str) -> str:
        return super().check(cls.max(cls.limit(value)))


def of_class(cls: type[Any], value: str) -> str:
    return value + value


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (Basic, "cut", classmethod(of_class)),
        (Basic, "max", classmethod(of_class)),
        (Basic, "limit", classmethod(of_class)),
        (Basic, "is_right", property(lowered)),
        (Derived, "is_known", lowered),
        (Most, "MOST", 5),
    ],
)
def test_a_method_is_known_by_what_its_class_inherits_and_overrides(
    owner: Any, name: str, after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = Annotated[Derived, AfterValidator(uses_class)]
    first = of(carried)
    assert differences(first, of(carried)) == []
    monkeypatch.setattr(owner, name, after, raising=False)
    assert max(d.forward for d in differences(first, of(carried))) is Verdict.UNPROVABLE


def test_what_is_imported_while_it_runs_cannot_be_followed(name: str) -> None:
    with pytest.raises(TypeError, match="imports cannot be told from another build's"):
        contract(name, version=1)(carrying(Annotated[str, AfterValidator(imports)]))
