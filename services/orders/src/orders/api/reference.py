"""The description as a page to read: `orders openapi --page`."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

Schema = dict[str, Any]

_HEAD = """# The orders API

{about}
`/docs` of a running API shows the same to try out, and `/openapi.json` tells it to programs. The client in
[clients/python](../../clients/python/README.md) has a method for each operation, by the names here.

This page is written by `make reference`.
"""


def page(document: Schema) -> str:
    """In Markdown."""
    return "\n".join([_HEAD.format(about=document["info"]["description"]), *_parts(document)]) + "\n"


def _parts(document: Schema) -> Iterator[str]:
    found = [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    for tag in document["tags"]:
        yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for title, operation in found:
            if tag["name"] in operation["tags"]:
                yield from _operation(title, operation)
    yield "## Documents\n"
    for name, schema in document["components"]["schemas"].items():
        yield from _schema(name, schema)


def _operation(title: str, operation: Schema) -> Iterator[str]:
    about = f"{operation['summary']} {operation['description']}"
    yield f"### {operation['operationId']}\n\n`{title}`: {about}\n"
    body = operation.get("requestBody", {}).get("content", {})
    rows = [
        (f"`{each['name']}`", each["in"], _type(each["schema"]), each["description"])
        for each in operation["parameters"]
    ]
    rows += [("the document", "body", _type(media["schema"]), "") for media in body.values()]
    yield _table(("parameter", "in", "type", ""), rows)
    yield _table(("status", "answer", ""), [*_answers(operation)])


def _answers(operation: Schema) -> Iterator[tuple[str, ...]]:
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        kinds = [kind for media in content.values() for kind in media.get("examples", ())]
        types = [_type(media["schema"]) for media in content.values()]
        yield status, ", ".join(f"`{kind}`" for kind in kinds) or ", ".join(types), answer["description"]


def _schema(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}\n\n{schema['description']}\n"
    if "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"]) + "\n"
    required = schema.get("required", ())
    rows = [
        (f"`{field}`", "" if field in required else "no", _type(of), of.get("description", ""))
        for field, of in schema.get("properties", {}).items()
    ]
    if rows:
        yield _table(("field", "required", "type", ""), rows)
    for example in schema.get("examples", ()):
        yield f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```\n"


def _type(schema: Schema) -> str:
    """In words, with a link to a document of its own."""
    match schema:
        case {"$ref": ref}:
            name = ref.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": arms}:
            return " or ".join(map(_type, arms))
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"properties": {"data": {"contentSchema": document}}}:
            return f"events, each with {_type(document)}"
    return str(schema.get("format") or schema.get("type", "anything"))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(_line(cell) for cell in line)} |\n" for line in lines)


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
