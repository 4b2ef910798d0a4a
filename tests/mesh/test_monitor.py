"""What Celery's tools are told of chunks, whatever their senders wrote."""

from typing import Any

import pytest
from celery import Celery
from kombu import Message
from messages import order_placed

from mesh import testing
from mesh.delivery import Failed, Handled
from mesh.testing import around
from mesh.wire import Raw
from mesh.worker import tasks
from mesh.worker.monitor import Monitor, shown
from mesh.worker.request import Request


class Eventer:
    """Celery's event dispatcher, as somebody listens."""

    enabled = True
    groups: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def send(self, type: str, uuid: Any, **_: Any) -> None:
        self.sent.append((type, uuid))


@pytest.mark.parametrize("id", ["a", 7, ["a"], {"a": 1}, None])
def test_each_message_is_told_of_under_its_id(id: Any) -> None:
    eventer = Eventer()
    monitor = Monitor(lambda: eventer)
    one, other = Raw(b"", {"id": id}, "q", 0), Raw(b"", {"id": "sound"}, "q", 0)
    for raw in (one, other):
        monitor.received(raw)
    monitor.started([one, other])
    handled = Handled(0.1, [Failed(one.id, again=False, error="no", queue="q")], [])
    monitor.done([one, other], handled, known=False)
    assert [type for type, _ in eventer.sent] == [
        *["task-received"] * 2,
        *["task-started"] * 2,
        "task-failed",
        "task-succeeded",
    ]
    assert eventer.sent[-2][1] == (None if id is None else str(id))


def test_nobodys_address_is_shown() -> None:
    """Neither of what travels in chunks, nor of what goes Celery's own way."""
    placed = order_placed()
    found = testing.raw(around(placed), "sample")
    kind = {"content_type": "application/json", "content_encoding": "utf-8"}
    message = Message(found.body, headers=found.headers, **kind)
    app = Celery(set_as_current=False)
    tasks.register(app, ["orders.order_placed"])
    for text in (shown(found), str(Request(message, app=app).info())):
        assert str(placed.order_id) in text
        assert placed.customer.email not in text
        assert placed.customer.name not in text


@pytest.mark.parametrize("body", [b"", b"\xff", b"[[{}], {}, {}]", b'[[], {"email": "ada@example.com"}, {}]'])
def test_what_is_not_understood_is_shown_as_so_many_bytes(body: bytes) -> None:
    assert shown(Raw(body, {"id": "1", "task": "sample.nothing"}, "q", 0)).startswith(f"{len(body)} bytes")
