"""A message read together with its envelope, in one pass, where it is just what its receiver expects.

That takes half the time of reading one after the other. Of anything else `Envelope.read` and `open` say what
it is, or what is wrong with it.
"""

from functools import cache
from typing import Any, Generic, Literal, TypeVar

from pydantic import ValidationError, create_model

from contracts.envelope import Head
from contracts.message import Message
from contracts.registry import contract_of

M = TypeVar("M", bound=Message)


class Sealed(Head, Generic[M]):
    """A head, and the message itself."""

    data: M

    @classmethod
    def read(cls, document: bytes, model: type[M]) -> "Sealed[M] | None":
        """None: not this version of this contract, or not in order; what its JSON has besides is ignored."""
        if b"NaN" in document or b"Infinity" in document:
            return None  # no JSON, though pydantic's parser takes it
        try:
            return _expected(model).model_validate_json(document, extra="ignore")
        except ValidationError:
            return None


@cache
def _expected(model: type[M]) -> type[Sealed[M]]:
    contract = contract_of(model)
    fields: dict[str, Any] = {
        "name": (Literal[contract.name], ...),
        "version": (Literal[contract.version], ...),
    }
    return create_model(f"Sealed{model.__name__}", __base__=Sealed[model], **fields)  # type: ignore[valid-type]
