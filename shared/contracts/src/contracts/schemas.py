"""The two JSON schemas of a message, or of a reply: what its writers write, what its readers read.

JSON Schema does not say all that pydantic checks: that a time has its offset, a decimal so many digits, a
field another name, a validator of one's own. That stands beside it, under `x-` keywords, for who compares.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Literal, cast

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from contracts.identity import OPAQUE, digest
from contracts.message import Command, Message, Value
from contracts.unsaid import ASKS, config, deciding, rules, text, writing

Schema = dict[str, Any]

RULES = "x-rules"
"""What pydantic checks and JSON Schema has no word for: {rule: value}."""
VALIDATORS = "x-validators"
"""Functions that decide or change what is accepted, each as often as it does: [name#digest of its source]."""
SERIALIZER = "x-serializer"
"""Functions that decide what is written, from the innermost: [name#digest]."""
COMPUTED = "a property of the class,"
"""A serializer whose code may change: only those ask for it who had it as a field of their own."""
ALIASES = "x-aliases"
"""Names besides its own under which a field is read: {field: [name]}."""

BEFORE = "after"
"""The rule of a field whose validator sees those before it: their names."""
CONFIG = "x-config"
"""Settings of a model that change what its fields accept: {setting: value}."""

KIND = "x-kind"
"""Of a message: command or event; of a reply: value."""


def writer(model: type[Value]) -> Schema:
    """What comes out of `model_dump(mode="json")`: every field, under its own name."""
    return {**_schema(model, "serialization"), KIND: _kind(model)}


def _kind(model: type[Value]) -> str:
    if issubclass(model, Message):
        return "command" if issubclass(model, Command) else "event"
    return "value"


def reader(model: type[Value]) -> Schema:
    """What `read` accepts at the least: also with fields that it does not know."""
    return dict(_open(_schema(model, "validation")))


@lru_cache(maxsize=256)  # looked at when a contract is defined, and told again by every process that starts
def _schema(model: type[Value], mode: Literal["validation", "serialization"]) -> Schema:
    said = model.model_json_schema(by_alias=False, mode=mode, schema_generator=_Thorough)
    return dict(_unmarked(_bare(said)))


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
        self._defined: dict[str, Any] = {}
        self._within: list[type] = []
        return {
            kind: partial(self._told, method)
            for kind, method in super().build_schema_type_to_method().items()
        }

    def _told(self, method: Callable[[Any], Schema], schema: Any) -> Schema:
        said = method(schema)
        if schema["type"] == "json":  # its own rules have those inside as text
            said = _with(said, RULES, rules(schema, self._defined))
        said = self._with_own(said, schema)
        if "json_schema_input_schema" in schema:  # it stands in place of what is checked inside
            said = joined(said, {RULES: {"inside": text(schema.get("schema"), self._defined)}})
        return said

    def generate_inner(self, schema: Any) -> Schema:
        said = super().generate_inner(schema)
        if "ref" not in schema:
            return self._whole(said, schema)
        name = self.core_to_defs_refs[schema["ref"], self.mode]
        if name in self.definitions:  # what is said of a class is said once, wherever it is used
            self.definitions[name] = self._whole(self.definitions[name], schema)
            return said
        return self._whole(said, schema)

    def _whole(self, said: Schema, schema: Any) -> Schema:
        """Also where what was told of it is not what pydantic took."""
        said = self._with_own(said, schema)
        serialization = schema.get("serialization", {})
        if self.mode == "validation" or "function" not in serialization:
            return said
        if serialization["type"] == "function-plain":  # of what is inside nothing is asked
            said = {key: value for key, value in said.items() if key != SERIALIZER}
        return _with_function(said, SERIALIZER, schema, writing(schema, self._owner(schema), self._defined))

    def _with_own(self, said: Schema, schema: Any) -> Schema:
        """Beside it what JSON Schema leaves out of this part of pydantic's core schema."""
        said = joined(said, _with({}, RULES, rules(schema, self._defined)))
        if not schema["type"].startswith("function-"):
            return said
        return _with_function(said, VALIDATORS, schema, deciding(schema, self._owner(schema)))

    def _owner(self, schema: Any) -> type | None:
        """The class whose methods are asked: of a validator of a class that one, else the one around."""
        while schema["type"] != "model":
            if "schema" not in schema:
                return self._within[-1] if self._within else None
            schema = schema["schema"]
        return cast("type", schema["cls"])

    def definitions_schema(self, schema: Any) -> Schema:
        self._defined |= {definition["ref"]: definition for definition in schema["definitions"]}
        return super().definitions_schema(schema)

    def handle_ref_overrides(self, json_schema: Schema) -> Schema:
        """What is said beside a reference comes on top of what is said there."""
        said = super().handle_ref_overrides(json_schema)
        return {
            **said,
            **{word: json_schema[word] for word in (VALIDATORS, SERIALIZER) if word in json_schema},
        }

    def model_schema(self, schema: Any) -> Schema:
        model = schema["cls"]
        self._within.append(model)
        said = super().model_schema(schema)
        self._within.pop()
        names = {
            name: [str(alias) for alias in aliases(field) if alias != name]
            for name, field in model.model_fields.items()
        }
        said = _with(said, ALIASES, {name: found for name, found in names.items() if found})
        said = _with(said, CONFIG, config(schema))
        if "properties" in said:
            parts = dict(_in_order(said["properties"]))
            for name in model.model_computed_fields.keys() & parts.keys():  # nobody checks what it returns
                parts[name] = joined(parts[name], {SERIALIZER: [f"@{COMPUTED} {name}"]})
            said = {**said, "properties": parts}
        if schema.get("post_init"):
            said = _with(said, VALIDATORS, [digest(getattr(model, schema["post_init"]), model)])
        return said


def _in_order(properties: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """A validator that asks for more sees the fields before its own."""
    before: list[str] = []
    for name, part in properties.items():
        asks = any(validator.endswith(ASKS) for validator in part.get(VALIDATORS, []))
        yield name, joined(part, {RULES: {BEFORE: " ".join(before)}}) if asks else part
        before.append(name)


def _with_function(said: Schema, keyword: str, schema: Any, named: str) -> Schema:
    """Marked by its place: each part comes by twice, as told and then as a whole, and counts once."""
    marked = f"{id(schema)}@{named}"
    known = said.get(keyword, [])
    return said if marked in known else {**said, keyword: [*known, marked]}


def _unmarked(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_unmarked(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    marked = {VALIDATORS, SERIALIZER} & schema.keys()
    return {
        key: [name.partition("@")[2] for name in value] if key in marked else _unmarked(value)
        for key, value in schema.items()
    }


def joined(node: Schema, more: Schema) -> Schema:
    """A node of which more is said elsewhere."""
    both = {**node, **more}
    for functions in (VALIDATORS, SERIALIZER):
        if functions in node and functions in more:
            both[functions] = [*node[functions], *more[functions]]
    if RULES in node and RULES in more:
        both[RULES] = {**node[RULES], **more[RULES]}
    return both


def opaque(model: type[Value]) -> list[str]:
    """Functions that decide of a message and cannot be told from others."""
    found = re.findall(rf'"([^"]*)#{re.escape(OPAQUE)}', json.dumps([writer(model), reader(model)]))
    return sorted(set(found))


def _with(said: Schema, keyword: str, value: Any) -> Schema:
    return {**said, keyword: value} if value else said


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
