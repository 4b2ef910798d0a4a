"""A kombu message as the text of an SQS message, and back, whatever somebody wrote there."""

import base64
import json
from typing import Any

from pydantic_core import from_json

from mesh import wire
from mesh.outbox import Outgoing


def text(message: Outgoing) -> str:
    """What to send. ASCII alone: SQS refuses some of Unicode's characters.

    The body is base64 once, so that 64 KiB of any language stay under 90 KiB; kombu would do it twice.
    """
    return json.dumps(
        {
            "body": base64.b64encode(wire.body(message)).decode(),
            "headers": wire.headers(message),
            "content-type": wire.CONTENT_TYPE,
            "content-encoding": wire.ENCODING,
            "properties": {"correlation_id": message.id, "body_encoding": "base64"},
        }
    )


def message(received: dict[str, Any], queue: str, url: str) -> dict[str, Any]:
    """The message in what SQS delivered: kombu's form, with its place under `delivery_info`.

    What nobody of ours wrote becomes a message too, its text for a body: the mesh keeps it as a dead letter.
    kombu's own reading stops the worker for some of them.
    """
    found = _read(received["Body"]) or {"body": received["Body"], "properties": {}, "headers": {}}
    found["properties"] = {
        **found["properties"],
        "delivery_tag": received["ReceiptHandle"],
        "delivery_info": {
            "exchange": "",
            "routing_key": queue,
            "queue": queue,
            "deaths": int(received.get("Attributes", {}).get("ApproximateReceiveCount", 1)) - 1,
            "sqs_message": received,  # kombu's acknowledgement looks for these two
            "sqs_queue": url,
        },
    }
    return found


def _read(body: str) -> dict[str, Any] | None:
    """None for what is no message."""
    found = _json(body) or _json(_unpacked(body))
    if not isinstance(found, dict) or not isinstance(found.get("body"), str):
        return None
    properties, headers = found.get("properties"), found.get("headers")
    if not isinstance(properties, dict) or not isinstance(headers, dict):
        return None
    if properties.pop("body_encoding", None) == "base64":
        found["body"] = _unpacked(found["body"])
    return found if found["body"] is not None else None


def _json(text: str | bytes | None) -> Any:
    try:
        return from_json(text or b"")
    except ValueError:
        return None


def _unpacked(text: str) -> bytes | None:
    """None for what is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None
