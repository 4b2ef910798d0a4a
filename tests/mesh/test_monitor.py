"""What Celery's tools are told of chunks, whatever their senders wrote."""

from typing import Any

import pytest

from mesh.delivery import Failed, Handled
from mesh.wire import Raw
from mesh.worker.monitor import Monitor


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
