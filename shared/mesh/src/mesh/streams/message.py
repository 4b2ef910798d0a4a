"""A kombu message as the fields of an entry, and back. The body stays apart: nobody decodes it twice."""

import json
from typing import Any

from mesh.streams.store import Entry


def fields(message: dict[str, Any]) -> dict[str, Any]:
    """What to add to a stream for a message."""
    rest = {name: value for name, value in message.items() if name != "body"}
    return {"body": message["body"], "rest": json.dumps(rest)}


def message(queue: str, entry: Entry) -> dict[str, Any]:
    """The message in an entry. Its delivery tag says where it lies: `<queue>/<id>`."""
    message: dict[str, Any] = json.loads(entry.fields[b"rest"])
    message["body"] = entry.fields[b"body"]
    properties = message["properties"]
    properties["delivery_tag"] = f"{queue}/{entry.id.decode()}"
    info = properties.setdefault("delivery_info", {})
    info["deaths"] = info.get("deaths", 0) + entry.deaths  # those of before travel in `rest`
    info["queue"] = queue
    return message


def place(delivery_tag: str) -> tuple[str, bytes]:
    """Queue and id of the entry that a delivery tag names."""
    queue, _, id = delivery_tag.rpartition("/")
    return queue, id.encode()
