"""Functions that decide of a message: known by their source and by all that it uses."""

import re
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import pytest
from messages import carrying
from pydantic import AfterValidator

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
