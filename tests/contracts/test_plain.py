"""What a contract cannot be made of: builds could not be compared, or would not say what is."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NamedTuple

import pytest
from messages import carrying
from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, RootModel, WithJsonSchema
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
        (Making, "a: Making has an __init__ of its own"),
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
