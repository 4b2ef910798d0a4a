"""The shape of a JSON schema: what it refers to, what is inside, and the paths of its fields."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.schemas import Schema

NAME = "name of the class"
"""With what a reference is replaced by, in words that are no keyword."""


def walk(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every field of a schema by its path: `customer.email`, `lines[].sku`, `rates{}`, `pay|Card.number`."""
    return _walk(schema, schema, "", ())


def _walk(node: Schema, top: Schema, path: str, within: tuple[str, ...]) -> Iterator[tuple[str, Schema]]:
    if (name := name_of(node)) in within:
        return
    within = (*within, name) if name else within
    found = resolved(node, top)
    yield path, found
    for inner, step in _inside(found):
        yield from _walk(inner, top, f"{path}{step}".removeprefix("."), within)


def _inside(node: Schema) -> Iterator[tuple[Schema, str]]:
    """The schemas within one, each with its step of the path."""
    for name, part in node.get("properties", {}).items():
        yield part, f".{name}"
    if isinstance(items := node.get("items"), dict):
        yield items, "[]"
    for place, part in enumerate(node.get("prefixItems", ())):
        yield part, f"[{place}]"
    if isinstance(values := node.get("additionalProperties"), dict):
        yield values, "{}"
    for arm in arms(node):
        yield arm, f"|{name_of(arm) or kind(arm)}"


def resolved(node: Schema, top: Schema) -> Schema:
    """Without a reference on top."""
    while reference := node.get("$ref"):
        rest = {key: value for key, value in node.items() if key != "$ref"}
        node = {**top["$defs"][_last(reference)], **rest}
    return node


def kind(node: Schema) -> str:
    """The JSON type, for people and for choosing between the arms of a union."""
    if "type" in node:
        return str(node["type"])
    values = members(node)
    types = {_JSON.get(type(value), "object") for value in values or ()}
    return "|".join(sorted(types)) or "anything"


_JSON = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array"}


def whole(node: Any, top: Schema, within: tuple[str, ...] = ()) -> Any:
    """A schema with what it refers to in place, but for what refers to itself."""
    if isinstance(node, list):
        return [whole(part, top, within) for part in node]
    if not isinstance(node, dict):
        return node
    if name := name_of(node):
        if name in within:
            return {"$ref": name}
        within = (*within, name)
        node = {**resolved(node, top), NAME: name}
    return {key: whole(part, top, within) for key, part in node.items() if key != "$defs"}


def name_of(node: Schema) -> str:
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
