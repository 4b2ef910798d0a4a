"""The two JSON schemas of a message: what its writers write, what its readers read.

JSON Schema does not say all that pydantic checks: that a time has its offset, a decimal so many digits, a
field another name, a validator of one's own. That stands beside it, under `x-` keywords, for who compares.
"""

import hashlib
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import CodeType, FunctionType
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

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
    *(
        "model",
        "model-fields",
        "typed-dict",
        "dataclass",
        "dataclass-args",
        "nullable",
        "union",
        "tagged-union",
    ),
    *("default", "definitions", "definition-ref", "lax-or-strict", "json-or-python", "chain", "custom-error"),
    *("function-before", "function-after", "function-wrap", "function-plain", "computed-field"),
}
"""Types that have others inside: those tell for themselves, or are told of below."""
_NO_RULES = {"type", "ref", "metadata", "serialization"}
_NO_CONFIG = {"title", "extra_fields_behavior"}  # of the last `read` decides
_LIBRARIES = {"pydantic", "pydantic_core", "annotated_types", *sys.stdlib_module_names}


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
        said = _with(method(schema), RULES, _rules(schema))
        if schema["type"].startswith("function-"):
            deciding = digest(schema["function"]["function"])
            said = _with(said, VALIDATORS, [*said.get(VALIDATORS, []), deciding])
        return said

    def generate_inner(self, schema: Any) -> Schema:
        said = _with(super().generate_inner(schema), RULES, _rules(schema))
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
        if schema.get("post_init"):
            said = _with(said, VALIDATORS, [digest(getattr(model, schema["post_init"]))])
        return said


def _with(said: Schema, keyword: str, value: Any) -> Schema:
    return {**said, keyword: value} if value else said


def _rules(schema: Any) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "union" and schema.get("mode") == "left_to_right":
        return {LEFT_TO_RIGHT: str(len(schema["choices"]))}
    if kind == "tagged-union" and not isinstance(schema["discriminator"], str):
        return {"discriminator": _text(schema["discriminator"])}
    if kind in _AROUND or kind.endswith("-field"):
        return {}
    said = _NO_RULES | _SAID.get(kind, set())
    rules = {name: _text(value) for name, value in schema.items() if name not in said and value is not None}
    if kind == "dict" and schema.get("keys_schema", {}).get("type", "str") != "str":
        rules["keys"] = _text(schema["keys_schema"])  # of other keys than text, JSON Schema says nothing
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
        case None | bool() | int() | float() | str():
            return value
        case dict():
            return {
                str(name): _plain(part) for name, part in value.items() if name not in ("ref", "metadata")
            }
        case list() | tuple() | set() | frozenset():
            return [_plain(part) for part in value]
        case type():
            return f"{value.__module__}.{value.__qualname__}"
    return digest(value) if callable(value) else str(value)


def digest(function: Callable[..., Any]) -> str:
    """A function by name and source, with the source of what it uses of the same code base.

    A library's is known by its name: its source is another with each release, what it promises is not.
    """
    function = inspect.unwrap(getattr(function, "__func__", function))
    name = getattr(function, "__qualname__", repr(function))
    module = getattr(function, "__module__", None) or ""
    if module.partition(".")[0] in _LIBRARIES or not isinstance(function, FunctionType):
        return f"{module}.{name}"
    text = "\n".join(_sources(function, set()))
    return f"{module}.{name}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _sources(function: FunctionType, seen: set[FunctionType]) -> Iterator[str]:
    if function in seen:
        return
    seen.add(function)
    yield textwrap.dedent(inspect.getsource(function)).strip()
    held = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for name in sorted({*_names(function.__code__), *held}):
        used = held[name].cell_contents if name in held else function.__globals__.get(name)
        if isinstance(used, FunctionType) and used.__module__.partition(".")[0] not in _LIBRARIES:
            yield from _sources(used, seen)
        elif isinstance(used, (str, int, float, tuple, frozenset)):
            yield f"{name} = {sorted(used) if isinstance(used, frozenset) else used!r}"


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _bare(schema: Any) -> Any:
    """Without titles, descriptions and examples: words may be mended, only rules are for ever."""
    words = {"title": str, "description": str, "examples": list}
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
