"""Commands and events: frozen pydantic classes, closed for writers and open for readers.

Money is an integer of minor units beside a currency, times are UTC with an offset, ids are UUIDs.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import to_json

from contracts.errors import ContractError, explain

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
"""An ISO 4217 code, such as EUR."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["DE"])]
"""An ISO 3166 code of two letters, such as DE."""

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$"), Field(examples=["ann@example.com"])]
"""An address, by its shape alone. Whoever takes it from a person checks it thoroughly, once: rules that
change with a library's release would be another contract in each build."""


class Value(BaseModel):
    """A part of a message that has no name of its own on the wire."""

    # JSON has no infinity and no NaN: pydantic would send null.
    # A writer writes every field, also one that has its default: the schema of what it writes says so.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, json_schema_serialization_defaults_required=True
    )


class Message(Value):
    """One version of one contract. Use `Command` or `Event`."""

    @classmethod
    def read(cls, data: Any) -> Self:
        """The message in `data`, fields unknown to this build ignored. Raises ContractError.

        Through JSON: of a union pydantic takes other members for Python's objects than for the same bytes.
        """
        try:
            return cls.model_validate_json(to_json(data), extra="ignore")
        except ValidationError as error:
            raise ContractError(f"{cls.__name__}: {explain(error)}") from None
        except ValueError as error:
            raise ContractError(f"{cls.__name__}: no JSON: {error}") from None

    def upcast(self) -> "Message":
        """This message as the next version's. Every version but the newest defines it."""
        raise TypeError(f"{type(self).__name__} is the newest version")


class Command(Message):
    """An order to one service, which owns it and obeys it. Named in the imperative."""


class Event(Message):
    """A fact that its owner announces to whoever listens. Named in the past tense."""
