"""What a JSON schema is in Python."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

Schema = dict[str, Any]

_STRINGS = {"uuid": "UUID", "date-time": "datetime", "date": "date"}
_SIMPLE = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_MODULES = {
    "collections.abc": "AsyncIterator Iterator Mapping Sequence",
    "datetime": "date datetime",
    "enum": "StrEnum",
    "typing": "Annotated Any TypeVar",
    "uuid": "UUID",
}
_CONSTRAINTS = {
    "title", "description", "default", "examples", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "minItems", "maxItems", "minProperties", "maxProperties", "enum", "const", "additionalProperties",
    "patternProperties", "properties", "required", "items", "anyOf", "type", "format", "$ref",
}  # fmt: skip
"""What is understood here; what a value must fulfil is left to the API, whose rules change without us."""


class NotUnderstood(Exception):
    """The description has something that nobody has thought of here yet."""


class Types:
    """The types of one description. As arguments they are as wide, as answers as narrow as they can be."""

    def __init__(self, document: Schema) -> None:
        self.schemas: dict[str, Schema] = document["components"]["schemas"]

    def of(self, schema: Schema, *, argument: bool = False) -> str:
        """An annotation."""
        if strange := schema.keys() - _CONSTRAINTS:
            raise NotUnderstood(f"{', '.join(sorted(strange))} in {schema}")
        if "$ref" in schema:
            return self._referred(schema["$ref"].rpartition("/")[2], argument=argument)
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.of(arm, argument=argument) for arm in schema["anyOf"]))
        return self._of_type(schema, argument=argument)

    def fields(self, name: str) -> dict[str, Schema]:
        """Of a document, by name."""
        fields: dict[str, Schema] = self.schemas[name].get("properties", {})
        return fields

    def reachable(self, names: Iterable[str]) -> set[str]:
        """Those, and all that they refer to."""
        found: set[str] = set()
        waiting = [*names]
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += references(self.schemas[name])
        return found

    def _referred(self, name: str, *, argument: bool) -> str:
        if "enum" not in self.schemas[name]:
            return name
        return f"{name} | str" if argument else f"Open[{name}]"

    def _of_type(self, schema: Schema, *, argument: bool) -> str:
        match schema.get("type"):
            case "string":
                found = _STRINGS.get(schema.get("format", ""), "str")
                return "UUID | str" if argument and found == "UUID" else found
            case "array":
                items = self.of(schema["items"], argument=argument)
                return f"{'Sequence' if argument else 'list'}[{items}]"
            case "object" if "properties" not in schema:
                values = _values(schema)
                return f"{'Mapping' if argument else 'dict'}[str, {self.of(values) if values else 'Any'}]"
            case type if type in _SIMPLE:
                return _SIMPLE[type]
        raise NotUnderstood(f"{schema} where a type is needed")


def _values(schema: Schema) -> Schema | None:
    """Of a map. None: anything."""
    [*patterns] = schema.get("patternProperties", {}).values()
    more = schema.get("additionalProperties")
    values: Schema | None = patterns[0] if patterns else more if isinstance(more, dict) else None
    return values


def references(schema: Any) -> Iterator[str]:
    """The names of the schemas that one refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rpartition("/")[2]
        for each in schema.values():
            yield from references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from references(each)


def imports(code: str) -> str:
    """Of what it uses of the standard library."""
    return "".join(
        f"from {module} import {', '.join(used)}\n"
        for module, names in _MODULES.items()
        if (used := mentioned(names.split(), code))
    )


def mentioned(names: Iterable[str], code: str) -> list[str]:
    """Those that it uses; its prose may say the same words."""
    words = set(re.findall(r"\w+", re.sub(r'""".*?"""', "", code, flags=re.DOTALL)))
    return sorted(words.intersection(names))


def docstring(text: str, indent: int) -> str:
    """In lines that are not too long; its own breaks stay."""
    space = " " * indent
    lines = "\n".join(
        textwrap.fill(line, 100, subsequent_indent="  " * line.startswith("* "), break_long_words=False)
        for line in text.replace("\\", "\\\\").split("\n")
    )
    end = f"\n{space}" if "\n" in lines else ""
    return textwrap.indent(f'"""{lines}', space) + f'{end}"""\n'
