"""Handlers as Celery tasks: for what a Celery client sends, and for canvas.

What the outbox sends travels in chunks, past all of this. A message that wants more of Celery (its
result kept, a chain, a group, a chord, link, link_error) goes Celery's own way instead, one by one, so that
everything works on it that works on a task: results, events, revoke, inspect, Flower. What happens to it
is decided by the same code: `Deliveries.answer`. What is so of steps of a canvas alone is in `steps`.
"""

from collections.abc import Iterable
from typing import Any

from celery import Celery, Task
from celery.exceptions import Ignore

from mesh import wire
from mesh.delivery import Answer
from mesh.wire import Raw
from mesh.worker import child, steps
from mesh.worker.steps import DeadLettered

QUEUE = "x-mesh-queue"
"""The header in which the intake says from which queue a message came."""
DEATHS = "x-mesh-deaths"
"""The one in which it says how many processes died of it."""


class HandlerTask(Task):
    """One handler. Celery goes on with the canvas after `run` has returned."""

    typing = False
    acks_late = True
    reject_on_worker_lost = True  # back to the queue; the intake ends what kills its worker again and again
    throws = (DeadLettered,)  # said once, by the delivery
    Request = "mesh.worker.request:Request"

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """The handler's reply. Raises Ignore for a message that has another try ahead, or is not begun."""
        raw = _raw(self, args, kwargs)
        unwanted = steps.unwanted(self)
        answer: Answer = child.known(raw) if unwanted else child.answer(self.name, raw)
        if answer.handled:
            steps.go_on(self)
            return answer.reply
        if unwanted:
            steps.leave(self, unwanted)
        elif answer.dead:
            steps.fail(self, answer.dead)
        raise Ignore


def register(app: Celery, names: Iterable[str]) -> None:
    """Let Celery know the handlers under their names on the wire."""
    for name in names:
        app.register_task(type(name, (HandlerTask,), {"name": name})())


def _raw(task: HandlerTask, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Raw:
    """The message as the broker had it, from what Celery made of it."""
    request = task.request
    embed = {name: getattr(request, name) for name in ("callbacks", "errbacks", "chain", "chord")}
    known = {name: getattr(request, name, None) for name in wire.KEPT}
    named = {"task": task.name, "id": request.id, "retries": request.retries}
    headers = {**(request.headers or {}), **known, **named}
    for own in (QUEUE, DEATHS, steps.UNWANTED):
        headers.pop(own, None)
    return Raw(wire.dumps([args, kwargs, embed]), headers, getattr(request, QUEUE), getattr(request, DEATHS))
