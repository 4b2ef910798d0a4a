"""A kombu message as the fields of an entry, and back. The body stays apart: nobody decodes it twice."""

import json
from typing import Any

from pydantic_core import from_json

from mesh.streams.store import Entry


def fields(message: dict[str, Any]) -> dict[str, Any]:
    """What to add to a stream for a message."""
    rest = {name: value for name, value in message.items() if name != "body"}
    return {"body": message["body"], "rest": json.dumps(rest)}


def message(queue: str, entry: Entry) -> dict[str, Any]:
    """The message in an entry. Its delivery tag says where it lies: `<queue>/<id>`.

    An entry that somebody else wrote becomes a message too, with all that is in it as a JSON object for
    its body: the mesh keeps it as a dead letter.
    """
    rest = _decoded(entry.fields.get(b"rest", b""))
    message = _mapping(rest)
    message["body"] = entry.fields.get(b"body", b"") if message is rest else _whole(entry)
    message["headers"] = _mapping(message.get("headers"))
    properties = message["properties"] = _mapping(message.get("properties"))
    properties.pop("body_encoding", None)  # bodies travel as they are, whatever a sender says
    properties["delivery_tag"] = f"{queue}/{entry.id.decode()}"
    info = properties["delivery_info"] = _mapping(properties.get("delivery_info"))
    before = info.get("deaths")  # those of before travel in `rest`
    info["deaths"] = entry.deaths + (max(before, 0) if isinstance(before, int) else 0)
    info["queue"] = queue
    return message


def returned(message: dict[str, Any], times: int) -> dict[str, Any]:
    """A message that came back so many times more."""
    info = message["properties"]["delivery_info"]
    counted = {**info, "deaths": info["deaths"] + times}
    return {**message, "properties": {**message["properties"], "delivery_info": counted}}


def place(delivery_tag: str) -> tuple[str, bytes]:
    """Queue and id of the entry that a delivery tag names."""
    queue, _, id = delivery_tag.rpartition("/")
    return queue, id.encode()


def is_message(published: Any) -> bool:
    """Whether this has the form of a message; kombu expects no less of what it hears on a channel."""
    match published:
        case {"body": str() | bytes(), "headers": dict(), "properties": {"delivery_tag": str(), **rest}}:
            return rest.get("body_encoding") in (None, "base64")
    return False


def _decoded(rest: bytes) -> Any:
    """None for what is no JSON, is 200 levels deep, or has text that is no Unicode."""
    try:
        return from_json(rest)
    except ValueError:
        return None


def _whole(entry: Entry) -> bytes:
    return json.dumps({_text(name): _text(value) for name, value in entry.fields.items()}).encode()


def _text(value: bytes) -> str:
    return value.decode(errors="backslashreplace")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
