"""What Celery's own tools see of the messages that travel in chunks: counts, and events.

Events cost a good part of the drain rate, so none are sent until somebody asks for them, as `celery events`
and Flower tell an operator to: `celery -A <service>.main control enable_events`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from celery.worker import state

from contracts import ContractError
from mesh import wire
from mesh.delivery import Handled
from mesh.wire import Raw

_SHOWN = 1024
"""Characters of a message that an event, or `inspect`, shows."""


def shown(raw: Raw) -> str:
    """What a message says, but for the fields that contracts keep to themselves: they are personal."""
    try:
        return repr(wire.envelope(raw).open())[:_SHOWN]
    except ContractError:
        return f"{len(raw.body)} bytes that this build does not understand"


class Monitor:
    """Tells of each message as Celery tells of a task."""

    def __init__(self, eventer: Callable[[], Any]) -> None:
        """`eventer` gives Celery's event dispatcher, another after each lost connection; or None."""
        self._eventer = eventer

    def received(self, raw: Raw) -> None:
        if send := self._sender():
            told = raw.headers
            send(
                "task-received",
                uuid=raw.id,
                name=_text(told.get("task")),
                args=shown(raw),
                kwargs="{}",
                root_id=_text(told.get("root_id")),
                parent_id=_text(told.get("parent_id")),
                retries=_text(told.get("retries", 0)),
                eta=None,
                expires=None,
            )

    def started(self, chunk: Sequence[Raw]) -> None:
        if send := self._sender():
            for raw in chunk:
                send("task-started", uuid=raw.id)

    def done(self, chunk: Sequence[Raw], handled: Handled, *, known: bool) -> None:
        """`known`: there are handlers for its messages."""
        state.total_count.update(raw.headers["task"] if known else "unknown" for raw in chunk)
        state.all_total_count[0] += len(chunk)
        if not (send := self._sender()):
            return
        failures = {failure.id: failure for failure in handled.failures}
        for raw in chunk:
            if failure := failures.get(raw.id):
                type = "task-retried" if failure.again else "task-failed"
                send(type, uuid=raw.id, exception=failure.error, traceback="")
            else:
                send("task-succeeded", uuid=raw.id, result="", runtime=handled.seconds)

    def _sender(self) -> Callable[..., None] | None:
        """None: nobody asked."""
        eventer = self._eventer()
        if eventer and eventer.enabled and (not eventer.groups or "task" in eventer.groups):
            return eventer.send  # type: ignore[no-any-return]
        return None


def _text(value: Any) -> str | None:
    """A header, whatever its sender wrote there."""
    return None if value is None else str(value)
