"""A golden message: one that a version's writers wrote, and that each later build has to read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Envelope, Producer
from contracts.errors import ContractError, Refused
from contracts.registry import Contract
from contracts.shape import name_of

_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_TIME = datetime(2025, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
_TEXTS = {"uuid": str(_ID), "date-time": str(_TIME), "date": "2025-02-28", "email": "ada@example.com"}
_TEXTS |= {"duration": "PT1H30M", "uri": "https://example.com/"}
_OTHERS: dict[Any, Any] = {"integer": 1299, "number": 12.5, "boolean": True}


def golden(contract: Contract) -> Envelope:
    """A message with a fixed value in every field. Raises Refused for a field that none is known for."""
    schema = contract.model.model_json_schema(by_alias=False, mode="serialization")
    try:
        message = contract.model.read(_example(schema, schema.get("$defs", {}), contract.name, ()))
    except ContractError as error:
        remedy = "give the field one, Field(examples=[…])"
        raise Refused(f"{contract}: no example of it, {remedy}: {error}") from None
    envelope = Envelope.around(message, Producer(service=contract.owner, build="golden"), id=_ID)
    return envelope.model_copy(update={"sent_at": _TIME})


def _example(schema: dict[str, Any], values: dict[str, Any], field: str, within: tuple[str, ...]) -> Any:
    """A value that fits. A field with rules of its own says one. What contains itself does so once."""
    found: Any
    match schema:
        case {"examples": [value, *_]} | {"const": value} | {"enum": [value, *_]}:
            found = value
        case {"$ref": reference}:
            found = _example(values[name_of(schema)], values, field, (*within, reference))
        case {"anyOf": [*arms]} | {"oneOf": [*arms]}:
            others = [arm for arm in arms if arm.get("$ref") not in within]
            found = _example((others or arms)[0], values, field, within)
        case {"type": "object"}:
            parts = schema.get("properties", {}).items()
            found = {name: _example(part, values, name, within) for name, part in parts}
        case {"type": "array", "prefixItems": places}:
            found = [_example(part, values, field, within) for part in places]
        case {"type": "array", "items": part}:
            count = 0 if part.get("$ref") in within else max(1, schema.get("minItems", 0))
            found = [_example(part, values, field, within)] * count if count else []
        case {"type": "string"}:
            found = _TEXTS.get(schema.get("format", ""), field)
        case _:
            found = _OTHERS.get(schema.get("type"))
    return found
