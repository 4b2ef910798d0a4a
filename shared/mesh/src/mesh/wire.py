"""How a message looks on Celery's wire: an ordinary protocol-2 task whose one argument is the envelope.

    headers   task: the message's name, id: the envelope's, retries: attempts before this one
    body      [[envelope], {}, {…}]

Any Celery client can therefore send to the mesh, and any Celery tool can read what is under way.
"""

import json
import time
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from contracts import ContractError, Envelope, Producer
from mesh.outbox import Outgoing

CONTENT_TYPE = "application/json"
ENCODING = "utf-8"

_MANY = 1_000_000  # retries that no message has had; a sender may write any number
_NO_CANVAS = '{"callbacks":null,"errbacks":null,"chain":null,"chord":null}'


class Raw(NamedTuple):
    """A message as the broker delivered it: the worker's main process does not look inside."""

    body: bytes
    headers: dict[str, Any]
    queue: str
    deaths: int
    """How many processes died while they handled it."""


def headers(message: Outgoing) -> dict[str, Any]:
    """What Celery's workers and tools need to know of a message without decoding it."""
    return {"lang": "py", "task": message.name, "id": str(message.id), "retries": message.retries}


def body(message: Outgoing) -> bytes:
    """The envelope, its bytes untouched, as the one argument of a task."""
    return f"[[{message.envelope}],{{}},{_NO_CANVAS}]".encode()


def envelope(raw: Raw) -> Envelope:
    """The envelope in a message. Raises ContractError.

    A plain Celery client sends keyword arguments instead: they are read as version 1.
    """
    try:
        content = from_json(raw.body, allow_inf_nan=False)
    except ValueError as error:
        raise ContractError(f"not JSON: {error}") from None
    match content:
        case [[document], *_]:
            return Envelope.read(document)
        case [[], dict() as data, *_] if data:
            return _bare(raw, data)
    raise ContractError("neither [[envelope], {}, {}] nor [[], {keyword arguments}, {}]")


def retries(raw: Raw) -> int:
    """How many attempts there were before this one; 0 for whatever is no such number."""
    count = raw.headers.get("retries")
    return min(count, _MANY) if isinstance(count, int) and count >= 0 else 0


def _bare(raw: Raw, data: dict[str, Any]) -> Envelope:
    try:
        id = UUID(str(raw.headers.get("id")))
    except ValueError:
        # One made up here would be another for each copy, and each copy would be handled.
        raise ContractError("keyword arguments without a UUID as id in the headers") from None
    origin = Producer(service=str(raw.headers.get("origin") or "unknown"), build="celery")
    known = {"id": id, "correlation_id": id, "name": raw.headers.get("task"), "version": 1}
    return Envelope.read({**known, "producer": origin, "sent_at": time.time(), "data": data})


def dumps(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"))
