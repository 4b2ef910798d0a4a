"""What JSON Schema leaves out of pydantic's core schema: rules, settings, what functions are asked to do.

As text that is the same in each process. `defined` has the classes that a core schema refers to.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from contracts.identity import digest
from contracts.message import Value

LEFT_TO_RIGHT = "left to right"
"""The rule of a union whose first arm that fits is taken."""

_SIZES = {"min_length", "max_length"}
_BOUNDS = {"multiple_of", "le", "lt", "ge", "gt"}
_SAID: Mapping[str, set[str]] = {
    "any": set(),
    "none": set(),
    "bool": set(),
    "str": {"pattern", *_SIZES},
    "int": _BOUNDS,
    "float": _BOUNDS,
    "literal": {"expected"},
    "enum": {"cls", "members", "sub_type"},
    "list": {"items_schema", *_SIZES},
    "set": {"items_schema", *_SIZES},
    "frozenset": {"items_schema", *_SIZES},
    "tuple": {"items_schema", "variadic_item_index", *_SIZES},
    "dict": {"keys_schema", "values_schema", *_SIZES},
}
"""What JSON Schema says of a type of pydantic's core, beside that it is of this type."""
_AROUND = {
    *("model", "model-fields", "typed-dict", "dataclass", "dataclass-args", "nullable"),
    *("union", "tagged-union", "default", "definitions", "definition-ref", "lax-or-strict"),
    *("json-or-python", "custom-error", "computed-field", "function-before"),
    *("function-after", "function-wrap", "function-plain"),
}
"""Types that have others inside: those tell for themselves, or are told of below."""
ASKS = " of all before it"
"""Ends the name of a validator that sees the fields before its own."""
_ADDRESSES = {"ref", "metadata"}  # another in each process, or words
_NO_RULES = {"type", "ref", "metadata", "serialization"}
_NO_CONFIG = {"title", "extra_fields_behavior"}  # of the last `read` decides


def deciding(schema: Any, owner: type | None) -> str:
    """A validator, and on which side of what is checked inside it is asked."""
    function = schema["function"]
    kind = schema["type"].removeprefix("function-")
    when = "" if kind == "after" else f" ({kind})"
    return digest(function["function"], owner) + when + (ASKS if function["type"] == "with-info" else "")


def writing(schema: Any, owner: type | None, defined: Mapping[str, Any]) -> str:
    """A serializer, and of what."""
    own = schema["serialization"]
    said = digest(own["function"], owner) + (
        " unless none" if "unless-none" in own.get("when_used", "") else ""
    )
    if own["type"] == "function-wrap" and "return_schema" in own:  # it stands in place of what is inside
        inside = text({**schema, "serialization": None}, defined)
        said += f" around {hashlib.sha256(inside.encode()).hexdigest()[:12]}"
    return said


def rules(schema: Any, defined: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "chain":  # a reader's schema has but the first of them, a writer's the last
        return {"steps": text(schema["steps"], defined)}
    if kind == "union" and schema.get("mode") == "left_to_right":
        return {LEFT_TO_RIGHT: str(len(schema["choices"]))}
    if kind == "tagged-union" and not isinstance(schema["discriminator"], str):
        return {
            "discriminator": text(schema["discriminator"], defined),
            "tags": text(list(schema["choices"]), defined),
        }
    if kind in _AROUND or kind.endswith("-field"):
        return {}
    said = _NO_RULES | _SAID.get(kind, set())
    found = {
        name: text(value, defined) for name, value in schema.items() if name not in said and value is not None
    }
    if kind == "dict" and schema.get("keys_schema", {"type": "str"}) != {"type": "str"}:
        found["keys"] = text(schema["keys_schema"], defined)  # of keys JSON Schema says little
    if isinstance(pattern := schema.get("pattern"), re.Pattern):
        found["flags"] = str(pattern.flags)
    return found if kind in _SAID else {"kind": kind, **found}


def config(schema: Any) -> dict[str, str]:
    """Beside what every message has."""
    settings = schema.get("config", {})
    own = [name for name in settings.keys() - _NO_CONFIG if settings[name] != Value.model_config.get(name)]
    return {name: str(settings[name]) for name in sorted(own)}


def text(value: Any, defined: Mapping[str, Any]) -> str:
    return value if isinstance(value, str) else json.dumps(_plain(value, defined), sort_keys=True)


def _plain(value: Any, defined: Mapping[str, Any]) -> Any:
    """A part of pydantic's core schema, the same in each process; of a class that contains itself, once."""
    match value:
        case {"type": "definition-ref", "schema_ref": reference}:
            others = {name: part for name, part in defined.items() if name != reference}
            plain: Any = _plain(defined.get(reference, re.sub(r":\d+", "", reference)), others)
        case Enum():
            plain = [value.name, _plain(value.value, defined)]
        case None | bool() | int() | float() | str():
            plain = value
        case dict():
            plain = {
                str(name): _plain(part, defined) for name, part in value.items() if name not in _ADDRESSES
            }
        case list() | tuple():
            plain = [_plain(part, defined) for part in value]
        case set() | frozenset():
            plain = sorted(json.dumps(_plain(part, defined), sort_keys=True) for part in value)
        case type():
            plain = f"{value.__module__}.{value.__qualname__}"
        case _:
            plain = digest(value) if callable(value) else str(value)
    return plain
