"""What a contract cannot be made of: builds could not be compared, or would not say what is."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntFlag
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from messages import carrying
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    RootModel,
    Secret,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict

from contracts import Value, contract


class Typed(TypedDict):
    a: int


class Named(NamedTuple):
    a: int


@dataclass
class Data:
    a: int


class Foreign(BaseModel):
    a: int


class Root(RootModel[int]):
    pass


class Open(Value):
    model_config = ConfigDict(extra="allow")


class Infinite(Value):
    model_config = ConfigDict(allow_inf_nan=True)
    a: float


class Making(Value):
    a: int

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)


class Derived(Making):
    b: int


class Hooked(Value):
    a: int

    @classmethod
    def __get_pydantic_json_schema__(cls, source: Any, handler: Any) -> Any:
        return {"type": "string"}


class Nameless(Value):
    model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
    a: int


class Marker:
    def __get_pydantic_json_schema__(self, source: Any, handler: Any) -> Any:
        return {"type": "string"}


class Rights(IntFlag):
    READ = 1
    WRITE = 2


class Rate(Enum):
    HALF = Decimal("0.5")


class Defaulting(Value):
    a: int = None


class Small(Value):
    a: Annotated[int, Field(gt=5)] = 0


class Own:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(int)


def cut(value: str, most: int) -> str:
    return value[:most]


class Checker:
    def __call__(self, value: str) -> str:
        return value


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Typed, "a: Typed is no Value, derive it from one"),
        (Named, "a: Named is no Value"),
        (Data, "a: Data is no Value"),
        (Foreign, "a: Foreign is no Value"),
        (list[Root], "a: Root is no Value"),
        (Open, "a: Open changes extra, every Value has 'forbid'"),
        (Infinite, "a: Infinite changes allow_inf_nan"),
        (Making, "a: Making has its own __init__"),
        (Derived, "a: Derived has its own __init__"),
        (Hooked, "a: Hooked makes its own schema"),
        (Nameless, "a: Nameless reads no other names"),
        (Secret[str], "a: it would arrive as asterisks"),
        (Rights, "a: Rights has members that it does not list"),
        (Rate, "cannot be read again, JSON has no such value"),
        (Literal[Rate.HALF], "cannot be read again, JSON has no such value"),
        (Annotated[int, Marker()], "hides what is written"),
        (list[Annotated[int, Marker()]], "hides what is written"),
        (Annotated[int, GetPydanticSchema(None, lambda s, h: {"type": "string"})], "hides what is written"),
        (list[Annotated[int, Field(json_schema_extra={"type": "string"})]], "hides what is written"),
        (Annotated[int, Field(json_schema_extra={"type": "string"})], "json_schema_extra changes its schema"),
        (Annotated[int, Field(validate_default=True)], "would be refused for a default"),
        (Defaulting, "a: None would be written for it"),
        (Small, "a: 0 would be written for it"),
        (Own, "a: Own makes its own schema"),
        (Annotated[int, WithJsonSchema({"type": "string"})], "hides what is written"),
        (int | SkipJsonSchema[None], "hides what is written"),
        (Annotated[str, AfterValidator(lambda value: value)], "cannot be told from another build's"),
        (Annotated[str, AfterValidator(Checker())], "cannot be told from another build's"),
        (Annotated[int, Field(exclude=True)], "a: excluded, it would not arrive"),
        (Annotated[int, Field(alias="b")], "a: it is written as 'a', read it so first"),
        (Annotated[int, Field(validation_alias=AliasChoices("b", "a"))], "read it so first"),
        (Annotated[int, Field(serialization_alias="b")], "a: it is written as 'a', drop serialization_alias"),
    ],
)
def test_it_is_refused(annotation: Any, text: str, name: str) -> None:
    with pytest.raises(TypeError) as error:
        contract(name, version=1)(carrying(annotation))
    assert text in str(error.value)


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[int, Field(validation_alias=AliasChoices("a", "b"))],
        Annotated[str, AfterValidator(partial(cut, most=3))],
        Annotated[str, AfterValidator(str.strip)],
    ],
)
def test_it_is_accepted(annotation: Any, name: str) -> None:
    made = carrying(annotation)
    assert contract(name, version=1)(made) is made
