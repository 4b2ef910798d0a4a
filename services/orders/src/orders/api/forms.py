"""Forms of pages and of mail programs: small, and read whole."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import BaseModel, ValidationError

from orders.api.bodies import received
from orders.api.problems import MALFORMED, TOO_LARGE, invalid

M = TypeVar("M", bound=BaseModel)

MEDIA = ("application/x-www-form-urlencoded", "multipart/form-data")
"""RFC 8058: mail programs send either."""
_LARGEST = 4096  # bytes: parts within parts are no deeper than so many can say


class Broken(ValueError):
    """What came is no form."""


async def read(request: web.Request, model: type[M]) -> M:
    """Raises Problem for what does not fit."""
    body = await received(request)
    if len(body) > _LARGEST:
        raise TOO_LARGE.problem(f"The form is too large: it has {_LARGEST} bytes at the most.")
    try:
        return model.model_validate(dict(_fields(request, body)))
    except ValidationError as error:
        raise invalid(error) from None
    except ValueError:
        raise MALFORMED.problem("The form is broken, no UTF-8, or has too many fields.") from None


def _fields(request: web.Request, body: bytes) -> Iterator[tuple[str, str]]:
    """Raises Broken, and ValueError for bytes that are no text."""
    if request.content_type == MEDIA[0]:
        yield from parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50, errors="strict")
        return
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode("utf-8", "surrogateescape")
    for part in _parts(message_from_bytes(head + body), body):
        name, content = part.get_param("name", header="Content-Disposition"), part.get_payload(decode=True)
        if not (isinstance(name, str) and isinstance(content, bytes)):
            raise Broken("a part without a name, or with parts of its own")
        yield name, content.decode()


def _parts(form: Message, body: bytes) -> list[Any]:
    """None, where there is nothing but its end."""
    parts = form.get_payload()
    if form.is_multipart() and isinstance(parts, list):
        return parts
    if body.strip(b"-\r\n") not in (b"", (form.get_boundary() or "").strip("-").encode()):
        raise Broken("no parts")
    return []
