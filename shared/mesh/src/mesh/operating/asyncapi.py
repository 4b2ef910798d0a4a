"""The messages of the whole mesh as an AsyncAPI 3 document, and as a page for people."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from contracts import Contract, Envelope, Value
from contracts.golden import golden
from contracts.schemas import Schema, writer
from contracts.shape import arms, members, name_of
from mesh import wire
from mesh.topology import EXCHANGE, laned, routing_key

_FORMAT = "application/schema+json;version=2020-12"  # what pydantic writes
_ABOUT = (
    "A message is a task of Celery's protocol 2 with one argument, the envelope: any Celery client can send "
    "and read it. Readers ignore fields that they do not know."
)


def document(known: Iterable[Contract]) -> dict[str, Any]:
    """What is said in the mesh, and under which routing keys."""
    found = list(known)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Meshwork", "version": version("meshwork-contracts"), "description": _ABOUT},
        "defaultContentType": wire.CONTENT_TYPE,
        "channels": {key: _channel(contract, key) for contract in found for key in _keys(contract)},
        "operations": {
            f"{contract.owner}.{_action(contract)}.{key}": {
                "action": _action(contract),
                "channel": {"$ref": f"#/channels/{key}"},
                "summary": _said(contract),
            }
            for contract in found
            for key in _keys(contract)
        },
        "components": {"messages": {_id(contract): _message(contract) for contract in found}},
    }


def _channel(contract: Contract, key: str) -> dict[str, Any]:
    exchange = {"name": EXCHANGE.name, "type": EXCHANGE.type, "durable": True, "autoDelete": False}
    return {
        "address": key,
        "messages": {_id(contract): {"$ref": f"#/components/messages/{_id(contract)}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _message(contract: Contract) -> dict[str, Any]:
    example = golden(contract)
    return {
        "name": contract.name,
        "title": str(contract),
        "summary": _about(contract),
        "contentType": wire.CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {"task": {"const": contract.name}, "id": {"type": "string", "format": "uuid"}},
            "required": ["task", "id"],
        },
        "payload": {"schemaFormat": _FORMAT, "schema": _body(contract)},
        "examples": [{"payload": [[example.model_dump(mode="json")], {}, {}]}],
        **({"x-replies": writer(contract.replies)} if contract.replies else {}),
    }


def _body(contract: Contract) -> Schema:
    """On the wire: the arguments of a task."""
    data = writer(contract.model)
    envelope = Envelope.model_json_schema(mode="serialization")
    definitions = {**data.pop("$defs", {}), **envelope.pop("$defs", {})}
    named = {"name": {"const": contract.name}, "version": {"const": contract.version}, "data": data}
    envelope["properties"] = {**envelope["properties"], **named}
    arguments = {"type": "array", "prefixItems": [envelope], "minItems": 1, "maxItems": 1}
    nothing = {"type": "object", "maxProperties": 0}
    return {
        "type": "array",
        "prefixItems": [arguments, nothing, {"type": "object"}],
        "minItems": 3,
        "maxItems": 3,
        "$defs": definitions,
    }


def _keys(contract: Contract) -> list[str]:
    return [routing_key(contract.name, contract.version, lane) for _, lane in laned(contract)]


def _id(contract: Contract) -> str:
    return routing_key(contract.name, contract.version)


def _action(contract: Contract) -> str:
    """What its owner does."""
    return "receive" if contract.is_command else "send"


def _said(contract: Contract) -> str:
    return f"{contract.owner} {'obeys' if contract.is_command else 'announces'} it."


def _about(contract: Contract) -> str:
    return (contract.model.__doc__ or "").partition("\n")[0]


def page(known: Iterable[Contract]) -> str:
    """The same for people, in Markdown."""
    return "\n".join(_page(list(known)))


def _page(known: list[Contract]) -> Iterator[str]:
    yield "# Messages of the mesh\n"
    yield "Written by `make messages`; [messages.json](messages.json) is the same in AsyncAPI 3.\n"
    yield f"{_ABOUT}\n"
    for contract in known:
        schema = writer(contract.model)
        about = _documented(contract.model)
        yield f"## {contract}\n"
        kind = "A command" if contract.is_command else "An event"
        replies = f" It is answered with {contract.replies.__name__}." if contract.replies else ""
        yield f"{_about(contract)} {kind}: {_said(contract)} Under {_listed(_keys(contract))}.{replies}\n"
        yield from _table(schema, about.get(contract.model.__name__, {}))
        if contract.replies:
            yield f"**{contract.replies.__name__}**\n"
            yield from _table(
                writer(contract.replies), _documented(contract.replies).get(contract.replies.__name__, {})
            )
        for name, part in schema.get("$defs", {}).items():
            if "properties" in part:
                yield f"**{name}**\n"
                yield from _table(part, about.get(name, {}))


def _table(node: Schema, about: Mapping[str, str]) -> Iterator[str]:
    yield "| field | type | |\n|---|---|---|"
    for name, part in node.get("properties", {}).items():
        yield f"| `{name}` | {_type(part)} | {about.get(name, '')} |"
    yield ""


def _type(node: Schema) -> str:
    if name := name_of(node):
        return name
    if found := arms(node):
        return " or ".join(map(_type, found))
    if (values := members(node)) is not None:
        return " or ".join(f"`{value}`" for value in values)
    if isinstance(items := node.get("items"), dict):
        return f"list of {_type(items)}"
    if pattern := node.get("pattern"):
        return f"string like `{pattern}`"
    return str(node.get("format") or node.get("type", "anything"))


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _documented(model: type[Value]) -> dict[str, dict[str, str]]:
    """What a module says below the fields of its classes: {class: {field: first line}}."""
    tree = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: dict(_fields(node)) for node in classes}


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(node.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, text.partition("\n")[0]
