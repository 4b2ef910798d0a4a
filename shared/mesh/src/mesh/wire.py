"""How a message looks on Celery's wire: an ordinary protocol-2 task whose one argument is the envelope.

    headers   task: the message's name, id: the envelope's, retries: attempts before this one
    body      [[envelope], {}, {…}]

Any Celery client can therefore send to the mesh, and any Celery tool can read what is under way.
"""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic_core import from_json, to_json

from contracts import ContractError, Envelope, Message, Producer, Sealed
from mesh.outbox import Outgoing

CONTENT_TYPE = "application/json"
ENCODING = "utf-8"

_MANY = 1_000_000  # retries that no message has had; a sender may write any number
_NO_CANVAS = '{"callbacks":null,"errbacks":null,"chain":null,"chord":null}'
_PLAIN = f"{_NO_CANVAS}]".encode()
_FIRST, _LAST = b"[[", b"],{}," + _PLAIN
CANVAS, SENDING = "x-mesh-canvas", "x-mesh-sending"
"""Headers of who is told of a failure: in which canvas, and at which sending of it."""
PARTS = "x-mesh-parts"
"""How many parts the group has in which this message's is counted."""
APART, BROKEN = "x-mesh-apart", "x-mesh-broken"
"""Whether a step's chain is a lane of a spread; and what of that lane was not handled."""
LANE = "x-mesh-lane"
_CELERYS = ("group", "group_index", "root_id", "parent_id", "ignore_result", "expires", "origin")
KEPT = (*_CELERYS, CANVAS, SENDING, PARTS, APART, BROKEN)
FROM_HEADERS = ("name", "correlation_id", "causation_id")
"""What the envelope of a canvas's step leaves to the headers of its message."""


M = TypeVar("M", bound=Message)


class Raw(NamedTuple):
    """A message as the broker delivered it: the worker's main process does not look inside."""

    body: bytes
    headers: dict[str, Any]
    queue: str
    deaths: int
    """How many processes died while they handled it."""

    @property
    def id(self) -> str | None:
        """The one in its headers, whatever its sender wrote there."""
        found = self.headers.get("id")
        return None if found is None else str(found)


def names(messages: Iterable[Raw]) -> str:
    """For people: what the headers of these call them."""
    return ", ".join(sorted({str(raw.headers.get("task")) for raw in messages}))


def headers(message: Outgoing) -> dict[str, Any]:
    """What Celery's workers and tools need to know of a message without decoding it."""
    kept = message.carries["headers"] if message.carries else {}
    return {**kept, "lang": "py", "task": message.name, "id": message.id, "retries": message.retries}


def body(message: Outgoing) -> bytes:
    """The envelope, its bytes untouched, as the one argument of a task."""
    embedded = json.dumps(message.carries["embed"]) if message.carries else _NO_CANVAS
    return f"[[{message.envelope}],{{}},{embedded}]".encode()


def is_plain(body: bytes | str) -> bool:
    """Whether a message asks for nothing of Celery's: no canvas, no result. An outbox writes such."""
    return (body.encode() if isinstance(body, str) else body).endswith(_PLAIN)


def carries(raw: Raw) -> dict[str, Any] | None:
    """What a Celery client had a message carry beside its data, to send it on with; None: nothing.

    That is its place in a canvas (`headers`) and what follows it (`embed`).
    """
    if is_plain(raw.body):
        return None
    try:
        _, _, embed = from_json(raw.body)
    except (ValueError, TypeError):
        return None
    kept = {name: raw.headers[name] for name in KEPT if raw.headers.get(name) is not None}
    return {"headers": kept, "embed": embed if isinstance(embed, dict) else {}}


def envelope(raw: Raw) -> Envelope:
    """The envelope in a message. Raises ContractError.

    A plain Celery client sends keyword arguments instead: they are read as version 1. In a chain, or
    behind a group, the replies of what came before stand in front: a mapping gives fields that the
    message does not have itself, a list is its field `replies`.
    """
    try:
        content = from_json(raw.body, allow_inf_nan=False)
    except ValueError as error:
        raise ContractError(f"not JSON: {error}") from None
    canvas = raw.headers.get("parent_id") is not None  # only there is something before it
    match content:
        case [[*replies, dict() as document], {}, *_] if canvas and _is_sealed(document):
            return _completed(Envelope.read({**_known(raw), **document}), _replied(replies))
        case [[*replies], dict() as data, *_] if canvas:
            return _bare(raw, {**_replied(replies), **data})
        case [[document], {}, *_]:
            return Envelope.read(document)
        case [[], dict() as data, *_] if data:
            return _bare(raw, data)
    raise ContractError("neither [[envelope], {}, {}] nor [[], {keyword arguments}, {}]")


def sealed(raw: Raw, model: type[M]) -> Sealed[M] | None:
    """The message of an outbox, if it is this one and in order; else `envelope` tells."""
    found = _inside(raw.body)
    return Sealed.read(found, model) if found else None


def document(raw: Raw) -> str | None:
    """The envelope of a message that came from an outbox, as it was written there; None: it did not."""
    found = _inside(raw.body)
    return found.decode() if found else None


def _inside(body: bytes) -> bytes | None:
    return body[len(_FIRST) : -len(_LAST)] if body.startswith(_FIRST) and body.endswith(_LAST) else None


def _known(raw: Raw) -> dict[str, Any]:
    """What of a step's envelope stands in its headers."""
    told = (raw.headers.get("task"), _id(raw, "root_id"), _id(raw, "parent_id"))
    return {name: value for name, value in zip(FROM_HEADERS, told, strict=True) if value is not None}


def _is_sealed(document: dict[str, Any]) -> bool:
    return {"id", "version", "data"} <= document.keys()


def _completed(envelope: Envelope, fields: dict[str, Any]) -> Envelope:
    """With fields that it does not have itself."""
    return envelope.model_copy(update={"data": {**fields, **envelope.data}}) if fields else envelope


def version(args: Sequence[Any]) -> int:
    """The version of the message in a task's arguments: its envelope's, else 1."""
    last = args[-1] if args else None
    found = last.get("version") if isinstance(last, dict) else None
    return found if isinstance(found, int) else 1


def retries(raw: Raw) -> int:
    """How many attempts there were before this one; 0 for whatever is no such number."""
    count = raw.headers.get("retries")
    return min(count, _MANY) if isinstance(count, int) and count >= 0 else 0


def _replied(replies: list[Any]) -> dict[str, Any]:
    """What went before, as fields. A text is the id of what failed, before whoever is told of it."""
    fields: dict[str, Any] = {}
    for reply in replies:
        if isinstance(reply, dict):
            fields.update(reply)
        elif isinstance(reply, list):
            fields["replies"] = reply
        elif reply is not None and not isinstance(reply, str):
            raise ContractError("a reply that is neither a mapping nor a list")
    return fields


def _bare(raw: Raw, data: dict[str, Any]) -> Envelope:
    id = _id(raw, "id")
    if id is None:
        # One made up here would be another for each copy, and each copy would be handled.
        raise ContractError("keyword arguments without a UUID as id in the headers")
    known = {
        "id": id,
        "correlation_id": _id(raw, "root_id") or id,
        "causation_id": _id(raw, "parent_id"),
        "name": raw.headers.get("task"),
        "version": 1,
        "producer": Producer(service=str(raw.headers.get("origin") or "unknown"), build="celery"),
        "sent_at": time.time(),
    }
    return Envelope.read({**known, "data": data})


def _id(raw: Raw, header: str) -> UUID | None:
    """None for one that is no UUID."""
    try:
        return UUID(str(raw.headers.get(header)))
    except ValueError:
        return None


def dumps(value: Any) -> bytes:
    """Compact JSON."""
    try:
        return to_json(value)
    except ValueError:  # half of a character, which a client of Celery's may have sent, escaped
        return json.dumps(value, separators=(",", ":")).encode()
