"""The two JSON schemas of a message: what its writers write, what its readers read.

JSON Schema does not say all that pydantic checks: that a time has its offset, a decimal so many digits, a
field another name, a validator of one's own. That stands beside it, under `x-` keywords, for who compares.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import partial
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from contracts.identity import OPAQUE, digest
from contracts.message import Command, Message, Value

Schema = dict[str, Any]

RULES = "x-rules"
"""What pydantic checks and JSON Schema has no word for: {rule: value}."""
VALIDATORS = "x-validators"
"""Functions that decide or change what is accepted: [name#digest of its source]."""
SERIALIZER = "x-serializer"
"""A function that decides what is written: name#digest."""
ALIASES = "x-aliases"
"""Names besides its own under which a field is read: {field: [name]}."""

LEFT_TO_RIGHT = "left to right"
"""The rule of a union whose first arm that fits is taken."""
CONFIG = "x-config"
"""Settings of a model that change what its fields accept: {setting: value}."""

KIND = "x-kind"
"""Of a message: command or event."""

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
    *("json-or-python", "chain", "custom-error", "computed-field", "function-before"),
    *("function-after", "function-wrap", "function-plain"),
}
"""Types that have others inside: those tell for themselves, or are told of below."""
_ASKS = " of all before it"
_ADDRESSES = {"ref", "schema_ref", "metadata"}  # another in each process, or words
_NO_RULES = {"type", "ref", "metadata", "serialization"}
_NO_CONFIG = {"title", "extra_fields_behavior"}  # of the last `read` decides


def writer(model: type[Message]) -> Schema:
    """What comes out of `model_dump(mode="json")`: every field, under its own name."""
    schema = model.model_json_schema(by_alias=False, mode="serialization", schema_generator=_Thorough)
    return {**_bare(schema), KIND: "command" if issubclass(model, Command) else "event"}


def reader(model: type[Message]) -> Schema:
    """What `read` accepts at the least: also with fields that it does not know."""
    return dict(_open(_bare(model.model_json_schema(by_alias=False, schema_generator=_Thorough))))


def aliases(field: FieldInfo) -> list[Any]:
    """Under which names a field is read, if not under its own alone."""
    alias = field.validation_alias
    if alias is None:
        return []
    return list(alias.choices) if isinstance(alias, AliasChoices) else [alias]


class _Thorough(GenerateJsonSchema):
    """pydantic's, with what it leaves out."""

    def build_schema_type_to_method(self) -> dict[Any, Callable[[Any], Schema]]:
        """Each type's method, also where a type brings a JSON schema of its own and asks for a part of it."""
        return {
            kind: partial(self._told, method)
            for kind, method in super().build_schema_type_to_method().items()
        }

    def _told(self, method: Callable[[Any], Schema], schema: Any) -> Schema:
        said = method(schema)
        if schema["type"] == "json":  # its own rules have those inside as text
            said = _with(said, RULES, _rules(schema))
        said = _with_own(said, schema)
        if "json_schema_input_schema" in schema:  # it stands in place of what is checked inside
            said = joined(said, {RULES: {"inside": _text(schema.get("schema"))}})
        return said

    def generate_inner(self, schema: Any) -> Schema:
        said = _with_own(super().generate_inner(schema), schema)  # also beside a reference to what was told
        serializer = schema.get("serialization", {}).get("function")
        if serializer and self.mode == "serialization":
            said = _with(said, SERIALIZER, digest(serializer))
        return said

    def model_schema(self, schema: Any) -> Schema:
        said = super().model_schema(schema)
        model = schema["cls"]
        names = {
            name: [str(alias) for alias in aliases(field) if alias != name]
            for name, field in model.model_fields.items()
        }
        said = _with(said, ALIASES, {name: found for name, found in names.items() if found})
        said = _with(said, CONFIG, _config(schema))
        if "properties" in said:
            said = {**said, "properties": dict(_in_order(said["properties"]))}
        if schema.get("post_init"):
            said = _with(said, VALIDATORS, [digest(getattr(model, schema["post_init"]))])
        return said


def _in_order(properties: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """A validator that asks for more sees the fields before its own."""
    before: list[str] = []
    for name, part in properties.items():
        asks = any(validator.endswith(_ASKS) for validator in part.get(VALIDATORS, []))
        yield name, joined(part, {RULES: {"after": " ".join(before)}}) if asks else part
        before.append(name)


def _with_own(said: Schema, schema: Any) -> Schema:
    """Beside it what JSON Schema leaves out of this part of pydantic's core schema."""
    own = _with({}, RULES, _rules(schema))
    if schema["type"].startswith("function-"):
        function = schema["function"]
        deciding = digest(function["function"]) + (_ASKS if function["type"] == "with-info" else "")
        if deciding not in said.get(VALIDATORS, []):  # each part comes by twice: as told, then as a whole
            own[VALIDATORS] = [deciding]
    return joined(said, own)


def joined(node: Schema, more: Schema) -> Schema:
    """A node of which more is said elsewhere."""
    both = {**node, **more}
    if VALIDATORS in node and VALIDATORS in more:
        both[VALIDATORS] = [*node[VALIDATORS], *more[VALIDATORS]]
    if SERIALIZER in node and SERIALIZER in more:
        both[SERIALIZER] = f"{node[SERIALIZER]} {more[SERIALIZER]}"
    if RULES in node and RULES in more:
        both[RULES] = {**node[RULES], **more[RULES]}
    return both


def opaque(model: type[Message]) -> list[str]:
    """Functions that decide of a message and cannot be told from others."""
    found = re.findall(rf'"([^"]*)#{re.escape(OPAQUE)}', json.dumps([writer(model), reader(model)]))
    return sorted(set(found))


def _with(said: Schema, keyword: str, value: Any) -> Schema:
    return {**said, keyword: value} if value else said


def _rules(schema: Any) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "union" and schema.get("mode") == "left_to_right":
        return {LEFT_TO_RIGHT: str(len(schema["choices"]))}
    if kind == "tagged-union" and not isinstance(schema["discriminator"], str):
        return {"discriminator": _text(schema["discriminator"]), "tags": _text(list(schema["choices"]))}
    if kind in _AROUND or kind.endswith("-field"):
        return {}
    said = _NO_RULES | _SAID.get(kind, set())
    rules = {name: _text(value) for name, value in schema.items() if name not in said and value is not None}
    if kind == "dict" and schema.get("keys_schema", {"type": "str"}) != {"type": "str"}:
        rules["keys"] = _text(schema["keys_schema"])  # of keys JSON Schema says little
    if isinstance(pattern := schema.get("pattern"), re.Pattern):
        rules["flags"] = str(pattern.flags)
    return rules if kind in _SAID else {"kind": kind, **rules}


def _config(schema: Any) -> dict[str, str]:
    """Beside what every message has."""
    config = schema.get("config", {})
    own = [name for name in config.keys() - _NO_CONFIG if config[name] != Value.model_config.get(name)]
    return {name: str(config[name]) for name in sorted(own)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    """A part of pydantic's core schema, the same in each process."""
    match value:
        case Enum():
            plain: Any = [value.name, _plain(value.value)]
        case None | bool() | int() | float() | str():
            plain = value
        case dict():
            plain = {str(name): _plain(part) for name, part in value.items() if name not in _ADDRESSES}
        case list() | tuple():
            plain = [_plain(part) for part in value]
        case set() | frozenset():
            plain = sorted(json.dumps(_plain(part), sort_keys=True) for part in value)
        case type():
            plain = f"{value.__module__}.{value.__qualname__}"
        case _:
            plain = digest(value) if callable(value) else str(value)
    return plain


def _bare(schema: Any) -> Any:
    """Without titles, descriptions and the like: words may be mended, only rules are for ever."""
    words = {"title": str, "description": str, "examples": list, "deprecated": bool}
    return _without(schema, lambda key, value: isinstance(value, words.get(key, ())))


def _open(schema: Any) -> Any:
    """As readers take it: with fields that they do not know."""
    return _without(schema, lambda key, value: key == "additionalProperties" and value is False)


def _without(schema: Any, unwanted: Callable[[str, Any], bool]) -> Any:
    if isinstance(schema, list):
        return [_without(part, unwanted) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: _without(v, unwanted) for k, v in schema.items() if not unwanted(k, v)}
