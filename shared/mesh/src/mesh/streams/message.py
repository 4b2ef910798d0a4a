"""A kombu message as the fields of an entry, and back. The body stays apart: nobody decodes it twice."""

import json
from typing import Any

from mesh.streams.store import Entry


def fields(message: dict[str, Any]) -> dict[str, Any]:
    """What to add to a stream for a message."""
    rest = {name: value for name, value in message.items() if name != "body"}
    return {"body": message["body"], "rest": json.dumps(rest)}


def message(queue: str, entry: Entry) -> dict[str, Any]:
    """The message in an entry. Its delivery tag says where it lies: `<queue>/<id>`.

    An entry that somebody else wrote, whatever is in it, becomes a message too: the mesh keeps it as a
    dead letter.
    """
    message = _mapping(_decoded(entry.fields.get(b"rest", b"")))
    message["body"] = entry.fields.get(b"body", b"")
    message["headers"] = _mapping(message.get("headers"))
    properties = message["properties"] = _mapping(message.get("properties"))
    properties["delivery_tag"] = f"{queue}/{entry.id.decode()}"
    info = properties["delivery_info"] = _mapping(properties.get("delivery_info"))
    before = info.get("deaths")  # those of before travel in `rest`
    info["deaths"] = entry.deaths + (before if isinstance(before, int) else 0)
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


def _decoded(rest: bytes) -> Any:
    try:
        return json.loads(rest)
    except ValueError:
        return None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
