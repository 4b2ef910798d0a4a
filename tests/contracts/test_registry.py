"""What `@contract` refuses at import, and what it says to whoever wrote it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, Field, NaiveDatetime, SecretStr, create_model

from contracts import Command, Event, Message, Value, contract, contract_of, contracts, versions_of


def refusal(model: type[Any], name: str, version: int = 1, **more: Any) -> str:
    """What it says. It also has to leave no trace."""
    before = list(contracts())
    with pytest.raises(TypeError) as refused:
        contract(name, version=version, **more)(model)
    assert list(contracts()) == before
    where, _, remedy = str(refused.value).partition(": ")
    assert where == f"{model.__module__}.{model.__name__}"
    return remedy


def event(**fields: Any) -> type[Event]:
    return create_model("SomeEvent", __base__=Event, __module__=__name__, **fields)


def upcastable(base: type[Message] = Event) -> type[Message]:
    class Old(base):  # type: ignore[misc, valid-type]
        def upcast(self) -> Message:
            return event()()

    return Old


@pytest.mark.parametrize(
    "bad", ["", "orders", "orders.", "Orders.placed", "orders.placed.now", "orders.é", "1.a", "a.b\n"]
)
def test_a_name_that_is_none(bad: str) -> None:
    assert refusal(event(), bad) == f"name {bad!r} is not '<owner>.<message>' in lower case"


def test_versions_count_from_1(name: str) -> None:
    assert refusal(event(), name, 0) == "versions count from 1"


@pytest.mark.parametrize("base", [Message, Value])
def test_neither_command_nor_event(name: str, base: type[Any]) -> None:
    model = create_model("Neither", __base__=base, __module__=__name__)
    assert refusal(model, name) == "derive it from Command or Event"


@pytest.mark.parametrize("module", ["contracts.orders", "contracts.orders.emails"])
def test_a_contract_outside_its_owners_module(module: str) -> None:
    model = create_model("Stray", __base__=Event, __module__=module)
    assert refusal(model, "emails.stray") == "move it to contracts/emails.py"


def test_a_version_that_is_taken(name: str) -> None:
    contract(name, version=1)(event())
    said = refusal(event(), name)
    assert said == f"{name} v1 is taken: a released version never changes, add the next"


def test_a_gap_between_versions(name: str) -> None:
    contract(name, version=1)(upcastable())
    assert refusal(event(), name, 3) == "v2 is missing: versions have no gaps"


def test_an_old_version_without_a_way_to_the_next(name: str) -> None:
    contract(name, version=1)(event())
    assert refusal(event(), name, 2) == "SomeEvent needs upcast(), the way to v2"


def test_an_inherited_way_is_not_its_own(name: str) -> None:
    second = create_model("Second", __base__=upcastable(), __module__=__name__)
    contract(name, version=1)(upcastable())
    contract(name, version=2)(second)
    assert refusal(event(), name, 3) == "Second needs upcast(), the way to v3"


def test_a_command_does_not_become_an_event(name: str) -> None:
    contract(name, version=1)(upcastable(Command))
    assert refusal(event(), name, 2) == "Old is not of the same kind: a command stays a command"


def test_old_versions_may_be_dropped(name: str) -> None:
    contract(name, version=7)(event())
    assert list(versions_of(name)) == [7]


class Nested(Value):
    at: datetime


class Tree(Value):
    at: AwareDatetime
    children: "tuple[Tree, ...]"


@pytest.mark.parametrize(
    "naive",
    [
        datetime,
        NaiveDatetime,
        datetime | None,
        tuple[datetime, ...],
        dict[str, tuple[int, datetime]],
        Annotated[datetime, Field(description="when")],
        tuple[Annotated[datetime, Field(description="when")], ...],
    ],
)
def test_a_time_without_its_offset(name: str, naive: Any) -> None:
    assert refusal(event(when=(naive, ...)), name) == "when: a time needs its offset, use AwareDatetime"


@pytest.mark.parametrize("nested", [Nested, Nested | None, tuple[Nested, ...]])
def test_a_time_without_its_offset_in_a_nested_value(name: str, nested: Any) -> None:
    assert refusal(event(when=(nested, ...)), name) == "when.at: a time needs its offset, use AwareDatetime"


@pytest.mark.parametrize("aware", [AwareDatetime, AwareDatetime | None, tuple[AwareDatetime, ...], Tree])
def test_a_time_with_its_offset_is_fine(name: str, aware: Any) -> None:
    model = contract(name, version=1)(event(when=(aware, ...)))
    assert contract_of(model).name == name


@pytest.mark.parametrize(
    ("unfit", "text"),
    [
        (Callable[[], None], "what: JSON cannot carry its type"),
        (tuple[Callable[[], None], ...], "what: JSON cannot carry its type"),
        (tuple[bytes, ...], "what: JSON carries no bytes, send text or a reference"),
        (SecretStr | None, "what: it would arrive as asterisks, send a reference"),
    ],
)
def test_a_type_that_does_not_survive_json(name: str, unfit: Any, text: str) -> None:
    assert refusal(event(fine=(int, 1), what=(unfit, ...)), name) == text


@pytest.mark.parametrize("bad", ["", "Bulk", "bulk.1", "1st", "bulk\n", "bulk mail", "*", "#", "ä", 7, None])
def test_a_lane_whose_name_is_none(name: str, bad: Any) -> None:
    assert refusal(event(), name, lanes=("fine", bad)) == f"lane {bad!r} is no lower-case identifier"


@pytest.mark.parametrize("bad", ["bulk", ["bulk"], None])
def test_lanes_are_a_tuple(name: str, bad: Any) -> None:
    assert refusal(event(), name, lanes=bad) == f"lanes is a tuple of names, such as ('bulk',), not {bad!r}"


def test_a_lane_that_is_there_already(name: str) -> None:
    twice = ("bulk", "bulk")
    assert refusal(event(), name, lanes=twice) == f"lanes {twice!r} has one of them twice"
    said = refusal(event(), name, lanes=("default",))
    assert said == "lane 'default': every message has that one, and it has no name"


def test_each_version_has_lanes_of_its_own(name: str) -> None:
    first = contract(name, version=1, lanes=("bulk", "very_urgent"))(upcastable())
    second = contract(name, version=2)(event())
    assert contract_of(first).lanes == ("bulk", "very_urgent")
    assert contract_of(second).lanes == ()


def test_a_class_that_is_no_contract() -> None:
    with pytest.raises(TypeError, match="SomeEvent has no contract: decorate it with @contract"):
        contract_of(event())
