"""A golden message: one that a version's writers wrote, and that each later build has to read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Envelope, Producer
from contracts.errors import ContractError, Refused
from contracts.registry import Contract

_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_TIME = datetime(2025, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
_TEXTS = {"uuid": str(_ID), "date-time": str(_TIME), "date": "2025-02-28", "email": "ada@example.com"}
_OTHERS: dict[Any, Any] = {"integer": 1299, "number": 12.5, "boolean": True}


def golden(contract: Contract) -> Envelope:
    """A message with a fixed value in every field. Raises Refused for a field that none is known for."""
    schema = contract.model.model_json_schema(by_alias=False, mode="serialization")
    try:
        message = contract.model.read(_example(schema, schema.get("$defs", {}), contract.name))
    except ContractError as error:
        remedy = "give the field one, Field(examples=[…])"
        raise Refused(f"{contract}: no example of it, {remedy}: {error}") from None
    envelope = Envelope.around(message, Producer(service=contract.owner, build="golden"), id=_ID)
    return envelope.model_copy(update={"sent_at": _TIME})


def _example(schema: dict[str, Any], values: dict[str, Any], field: str) -> Any:
    """A value that fits. A field with rules of its own says one."""
    match schema:
        case {"examples": [value, *_]} | {"const": value} | {"enum": [value, *_]}:
            return value
        case {"$ref": str(reference)}:
            return _example(values[reference.rpartition("/")[2]], values, field)
        case {"anyOf": [arm, *_]} | {"oneOf": [arm, *_]}:
            return _example(arm, values, field)
        case {"type": "object"}:
            return {name: _example(part, values, name) for name, part in schema.get("properties", {}).items()}
        case {"type": "array"}:
            parts = schema.get("prefixItems") or [schema.get("items", {})]
            return [_example(part, values, field) for part in parts]
    kind = schema.get("type")
    return _TEXTS.get(schema.get("format", ""), field) if kind == "string" else _OTHERS.get(kind)
