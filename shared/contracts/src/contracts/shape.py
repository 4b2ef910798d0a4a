"""The shape of a JSON schema: what it refers to, what is inside, and the paths of its fields."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.schemas import Schema, joined


def walk(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every field of a schema by its path: `customer.email`, `lines[].sku`, `rates{}`, `pay|Card.number`.

    What is inside of a class that is used in several places is told of at the first.
    """
    return _walk(schema, schema, "", set())


def _walk(node: Schema, top: Schema, path: str, seen: set[str]) -> Iterator[tuple[str, Schema]]:
    found = resolved(node, top)
    yield path, found
    if (name := name_of(node)) in seen:
        return
    seen |= {name} - {""}
    for inner, step in _inside(found):
        yield from _walk(inner, top, f"{path}{step}".removeprefix("."), seen)


def _inside(node: Schema) -> Iterator[tuple[Schema, str]]:
    """The schemas within one, each with its step of the path."""
    for name, part in node.get("properties", {}).items():
        yield part, f".{name}"
    if isinstance(items := node.get("items"), dict):
        yield items, "[]"
    for place, part in enumerate(node.get("prefixItems", ())):
        yield part, f"[{place}]"
    for values in mapped(node):
        yield values, "{}"
    for arm in arms(node):
        yield arm, f"|{name_of(arm) or kind(arm)}"


def mapped(node: Schema) -> list[Schema]:
    """Schemas of the values of a mapping."""
    values = node.get("additionalProperties")
    return [*node.get("patternProperties", {}).values(), *([values] if isinstance(values, dict) else [])]


def resolved(node: Schema, top: Schema) -> Schema:
    """Without a reference on top. What checks, checks in both places."""
    while reference := node.get("$ref"):
        rest = {key: value for key, value in node.items() if key != "$ref"}
        node = joined(top["$defs"][_last(reference)], rest)
    return node


def kind(node: Schema) -> str:
    """The JSON type, for people and for choosing between the arms of a union."""
    if "type" in node:
        return str(node["type"])
    values = members(node)
    types = {_JSON.get(type(value), "object") for value in values or ()}
    return "|".join(sorted(types)) or "anything"


_JSON = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array"}


def references(node: Any) -> set[str]:
    """The classes that a schema names."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    inner = set().union(*(references(part) for key, part in node.items() if key != "$defs"))
    return inner | ({name_of(node)} - {""})


def name_of(node: Schema) -> str:
    """The class that a node refers to; empty: none."""
    return _last(node["$ref"]) if "$ref" in node else ""


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def arms(node: Schema) -> Sequence[Schema]:
    """Of a union; none where it is no union."""
    found: Sequence[Schema] = node.get("anyOf") or node.get("oneOf") or ()
    return found


def members(node: Schema) -> list[Any] | None:
    """Which it takes, where it takes certain ones alone."""
    if "const" in node:
        return [node["const"]]
    return node.get("enum")
