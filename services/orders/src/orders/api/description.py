"""The API as an OpenAPI 3.1 document: made from its operations, so what it says is what they do."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema

from orders import examples
from orders.api import schemas
from orders.api.operation import EVENTS, Operation
from orders.api.problems import Kind

Schema = dict[str, Any]
_NAMED = re.compile(r"{(\w+)}")
_REF = schemas.REF
_ID: tuple[Schema, str] = {"type": "string", "format": "uuid"}, "Which one."
_TOKEN: tuple[Schema, str] = {"type": "string"}, "The end of the link."
_NAMES = {"token": _TOKEN}
"""Parts of a path that are no ids."""
_ABOUT = """Orders: placed, followed and brought on their way.

* Every request needs a key, `Authorization: Bearer mw_…`, but those that say otherwise: for health, for this
  description, and of people who follow a link in a mail.
* Money is an integer of minor units beside a currency; times are RFC 3339 in UTC.
* A POST with an `Idempotency-Key` may be sent again for 24 hours: the same answer, and nothing twice.
* A key has a limit, told with every answer (RateLimit, RateLimit-Policy); beyond it is 429 with Retry-After.
* Every error is `application/problem+json` (RFC 9457); its `type` stays the same for ever.
"""


def routes(operations: Sequence[Operation]) -> list[web.RouteDef]:
    """It changes with the build alone: it is written once."""
    text = json.dumps(describe(operations))

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    return [web.get("/openapi.json", show)]


def describe(operations: Sequence[Operation]) -> Schema:
    """The document."""
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meshwork orders", "version": version("meshwork-orders"), "description": _ABOUT},
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "tags": _tags(operations),
        "paths": paths,
        "components": {
            "schemas": _schemas(operations) | schemas.OURS,
            "securitySchemes": {"key": schemas.KEY},
        },
        "security": [{"key": []}],
    }


def _tags(operations: Sequence[Operation]) -> list[Schema]:
    """One for each module of operations, with what its docstring says behind the paths."""
    modules = dict.fromkeys(operation.function.__module__ for operation in operations)
    docs = {module: (sys.modules[module].__doc__ or "").partition(": ")[2] for module in modules}
    return [
        {"name": _tag(module), "description": about[:1].upper() + about[1:]} for module, about in docs.items()
    ]


def _tag(module: str) -> str:
    return module.rpartition(".")[2]


def _operation(operation: Operation) -> Schema:
    title, _, more = (operation.function.__doc__ or "").partition("\n")
    described: Schema = {
        "operationId": operation.function.__name__,
        "tags": [_tag(operation.function.__module__)],
        "summary": title.strip(),
        "description": f"{' '.join(more.split())}\n\n{_needed(operation)}".strip(),
        "parameters": [*_parameters(operation)],
        "responses": {
            **_answers(operation),
            **_problems(operation.problems(), for_people=operation.for_people),
        },
    }
    if operation.scope is None:
        described["security"] = []
    if operation.takes:
        content = {media: _taken(operation.body, media) for media in operation.takes}
        described["requestBody"] = {"required": True, "content": content}
    elif operation.body:
        required = any(field.is_required() for field in operation.body.model_fields.values())
        described["requestBody"] = {"required": required, "content": _content(operation.body)}
    return described


def _taken(model: type[BaseModel] | None, media: str) -> Schema:
    if model:
        return {"schema": _ref(model)}
    return {"schema": {"type": "string"}, "example": examples.TAKEN[media]}


def _needed(operation: Operation) -> str:
    return f"The key needs the scope `{operation.scope}`." if operation.scope else "No key is needed."


def _parameters(operation: Operation) -> Iterator[Schema]:
    for name in _NAMED.findall(operation.path):
        yield _parameter("path", name, *_NAMES.get(name, _ID), required=True)
    if operation.query:
        for name, schema in operation.query.model_json_schema(ref_template=_REF)["properties"].items():
            described = schema.pop("description", "")
            style = {"style": "deepObject", "explode": True} if name == "metadata" else {}
            yield _parameter("query", name, _without_null(schema), described) | style
    if operation.repeatable:
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        yield _parameter("header", "Idempotency-Key", key, "The same request may be sent again under it.")
    if operation.versioned:
        tag = {"type": "string", "examples": ['"3"']}
        yield _parameter("header", "If-Match", tag, "The version that is meant, as an ETag.")
    if operation.media == EVENTS:
        position = {"type": "string", "examples": ["7312-204"]}
        yield _parameter("header", "Last-Event-ID", position, "The id of the last event that you have seen.")
    traced = {"type": "string", "examples": ["01a1fc71-e320-7390-b200-14aac26dcbfb"]}
    yield _parameter(
        "header", "X-Request-Id", traced, "A UUID: it comes back, and names the story in all logs."
    )


def _without_null(schema: Schema) -> Schema:
    """A query leaves out what it does not say."""
    arms = [arm for arm in schema.pop("anyOf", []) if arm != {"type": "null"}]
    if schema.get("default", ...) is None:
        del schema["default"]
    return schema | (arms[0] if arms else {})


def _parameter(place: str, name: str, schema: Schema, about: str, *, required: bool = False) -> Schema:
    return {"name": name, "in": place, "required": required, "schema": schema, "description": about}


def _answers(operation: Operation) -> Schema:
    headers: Schema = {**_ALWAYS}
    if operation.repeatable:
        headers["Idempotent-Replayed"] = _header("`true`: the answer of an earlier request.")
    if operation.status in (201, 202) and operation.answer:
        headers["Location"] = _header("Where it is.")
    if operation.tagged:
        headers["ETag"] = _header("The version.")
    about = {200: "Done.", 201: "Made.", 202: "Begun.", 204: "Gone."}[operation.status]
    answer: Schema = {"description": about, "headers": headers}
    if operation.answer:
        shown = examples.ANSWERS.get(operation.function.__name__)
        answer["content"] = _content(operation.answer, operation.media, shown)
    if operation.gives:
        answer["content"] = {media: {"schema": {}} for media in operation.gives}
    if operation.answer and operation.media == EVENTS:
        answer["content"][EVENTS]["schema"] = schemas.event_of(_ref(operation.answer))
    return {str(operation.status): answer}


def _header(about: str) -> Schema:
    return {"description": about, "schema": {"type": "string"}}


_LIMITS: Schema = {
    "RateLimit-Policy": _header('What the key may do: `"key";q=1000;w=10` is a thousand requests in 10 s.'),
    "RateLimit": _header(
        'What is left of that: `"key";r=998;t=1` is 998 requests, and all again in 1 s; with `r=0`, one.'
    ),
}
"""Where there are limits, and the key is known."""
_ALWAYS: Schema = {"X-Request-Id": _header("This request's, by which it is found in our log."), **_LIMITS}
_SAID = {
    "Retry-After": "Seconds, where the same may be asked again.",
    "WWW-Authenticate": "What is asked for: `Bearer`.",
}


def _problems(kinds: Iterable[Kind], *, for_people: bool) -> Schema:
    """By status: what each kind means, and one of each to look at."""
    described: dict[str, Schema] = {}
    page: Schema = {"text/html": {"schema": {}}} if for_people else {}
    for kind in sorted(kinds, key=lambda kind: kind.status):
        found = described.setdefault(
            str(kind.status), {"description": "", "headers": {**_ALWAYS}, "content": {}}
        )
        found["headers"] |= {name: _header(_SAID[name]) for name in kind.headers}
        found["description"] = f"{found['description']} {kind.title}".strip()
        content = found["content"].setdefault(
            "application/problem+json", {"schema": {"$ref": _REF.format(model="Problem")}, "examples": {}}
        )
        found["content"] |= page
        content["examples"][kind.name] = {"value": kind.example()}
    return described


def _content(
    model: type[BaseModel], media: str = "application/json", example: Schema | None = None
) -> Schema:
    """`example`: another than the model's own."""
    shown = {} if example is None else {"example": example}
    return {media: {"schema": _ref(model), **shown}}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


class _AsWritten(GenerateJsonSchema):
    """Examples, too, in the order of their fields."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


def _schemas(operations: Sequence[Operation]) -> Schema:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for operation in operations:
        models += [(model, "validation") for model in (operation.body, operation.query) if model]
        models += [(operation.answer, "serialization")] if operation.answer else []
    _, found = models_json_schema(models, ref_template=_REF, schema_generator=_AsWritten)
    parameters = {operation.query.__name__ for operation in operations if operation.query}
    return {name: schema for name, schema in sorted(found["$defs"].items()) if name not in parameters}
