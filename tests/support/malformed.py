"""A message that no sender should send, and what becomes of it.

`CASE` stands for its name and `ID` for an id of its own, wherever they occur: so whatever is kept or
handled can be told apart.
"""

import json
from struct import pack
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from documents import MISSING, changed

HANDLED = "handled"
QUEUE = "sample.v2"

ENVELOPE = {
    "id": "ID",
    "name": "sample.greet",
    "version": 2,
    "sent_at": "2026-03-01T12:30:00Z",
    "producer": {"service": "corpus", "build": "1"},
    "correlation_id": "ID",
    "data": {"names": ["CASE"]},
}
HEADERS = {"lang": "py", "task": "sample.greet", "id": "ID", "retries": 0, "case": "CASE"}
OWN = "celery.accumulate"
"""A task that every Celery worker has: Celery's own code takes it."""


class Malformed(NamedTuple):
    """A message as it is put onto the broker."""

    becomes: str
    """A reason of the dead letters, or HANDLED."""
    says: str
    """Some words of the dead letter's error."""
    body: bytes
    headers: Any = HEADERS
    content_type: Any = "application/json"
    content_encoding: Any = "utf-8"
    properties: Any = None
    amqp: bool = True
    """Whether AMQP can carry it."""
    entry: bool = True
    """Whether an entry of a stream can, and be read as one."""
    wire: bytes = b""
    """Its properties and headers as AMQP has them, where no library would write such."""

    def fits(self, broker_url: str) -> bool:
        return self.amqp if broker_url.startswith("amqp") else self.entry

    def named(self, name: str) -> "Malformed":
        """With its name and id where the placeholders are."""
        id = str(uuid5(NAMESPACE_URL, name))
        body = self.body.replace(b'"CASE"', f'"{name}"'.encode()).replace(b'"ID"', f'"{id}"'.encode())
        values = {"CASE": name, "ID": id}
        headers = self.headers
        if isinstance(headers, dict):
            headers = {k: values.get(v, v) if isinstance(v, str) else v for k, v in headers.items()}
        return self._replace(body=body, headers=headers)


def task(document: Any) -> bytes:
    """A task whose argument is this envelope."""
    return json.dumps([[document], {}, {}]).encode()


def but(pointer: str, value: Any) -> bytes:
    """A sound message, but for one thing in its envelope."""
    return task(changed(ENVELOPE, pointer, value))


def headed(**changes: Any) -> dict[str, Any]:
    """Sound headers, but for these."""
    return {name: value for name, value in {**HEADERS, **changes}.items() if value is not MISSING}


def nested(levels: int) -> Any:
    """So many mappings in one another."""
    value: Any = 0
    for _ in range(levels):
        value = {"a": value}
    return value


def table(*headers: tuple[bytes, bytes]) -> bytes:
    """AMQP properties: these headers, and that the body is JSON."""
    inner = b"".join(pack("B", len(name)) + name + value for name, value in headers)
    return pack(">HB16sB5sI", 0xE000, 16, b"application/json", 5, b"utf-8", len(inner)) + inner


def text(value: bytes) -> bytes:
    """A text, as a value of AMQP."""
    return pack(">cI", b"S", len(value)) + value


def arrays(levels: int) -> bytes:
    """So many arrays in one another, as a value of AMQP."""
    value = b"V"
    for _ in range(levels):
        value = b"A" + pack(">I", len(value)) + value
    return value


GOOD = task(ENVELOPE)
BARE = b'[[], {"name": "CASE"}, {}]'
SUM = b'[["CASE"], {}, {}]'
V1 = b'{"task": "sample.greet", "id": "ID", "args": [], "kwargs": {"name": "CASE"}, "retries": 0}'
