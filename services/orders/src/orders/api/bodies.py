"""What a request brings: read in time, and of the type that it should be."""

import asyncio

from aiohttp import web
from pydantic import BaseModel, ValidationError

from orders.api.problems import NO_JSON_SAID, NOT_JSON, TOO_SLOW, invalid
from orders.reading import NotJson, read

READ_WITHIN = 10.0
"""Seconds for a document to come: who sends it byte by byte holds a connection."""


async def text(request: web.Request) -> bytes:
    """The document as it came. Raises Problem for what is not called JSON in UTF-8."""
    body = await received(request)
    if body:
        refuse_others(request, ("application/json",))
    return body


async def received(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await request.read()
    except TimeoutError:
        raise TOO_SLOW.problem(f"The document did not come within {READ_WITHIN:.0f} s.") from None


def refuse_others(request: web.Request, types: tuple[str, ...]) -> None:
    """Raises Problem for a document that is not said to be of these types, in UTF-8, as it is."""
    charset = (request.charset or "utf-8").lower()
    if request.content_type not in types or charset not in ("utf-8", "utf8"):
        raise NO_JSON_SAID.problem(f"Documents are {' or '.join(types)}, in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NO_JSON_SAID.problem("Documents come as they are: no Content-Encoding is known here.")


def document(model: type[BaseModel], body: bytes) -> BaseModel:
    if not body and not any(field.is_required() for field in model.model_fields.values()):
        return model()
    try:
        return read(model, body)
    except NotJson as fault:
        raise NOT_JSON.problem(str(fault)) from None
    except ValidationError as error:
        raise invalid(error) from None
