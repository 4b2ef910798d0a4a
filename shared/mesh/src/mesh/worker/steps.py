"""What is so of a message because it is a step of a canvas.

Celery carries a canvas on. Here is what it has no word for: who is told of a failure and what, a canvas that
is called off, and a spread, whose lanes go on. How the end of a group is found is in `results`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

import structlog
from celery import Task, signature, states
from celery.exceptions import Ignore, TaskRevokedError

from mesh import wire
from mesh.agreed import failure_id, revoked_key
from mesh.errors import MeshError

log = structlog.get_logger(__name__)

UNWANTED = "x-mesh-unwanted"
"""The header in which the main process says that the message was revoked, or has expired."""
EXPIRED = "expired"


class DeadLettered(MeshError):
    """The message is a dead letter: FAILURE, for its canvas and whoever waits for its result."""


def unwanted(task: Task) -> str | None:
    """Why a step is not to be begun any more."""
    request = task.request
    if said := getattr(request, UNWANTED, None):
        return str(said)
    if request.expires and datetime.now(UTC) > _aware(request.expires):
        return EXPIRED
    canvas = getattr(request, wire.CANVAS, None) or request.root_id
    if canvas in (None, request.id):  # a message by itself
        return None
    return "revoked" if _called_off(task, canvas) else None


def go_on(task: Task) -> None:
    """It is handled. The last step of a lane in which another was not fails all the same, for its group."""
    request = task.request
    if broken := getattr(request, wire.BROKEN, None):
        request.errbacks = None  # it has been told, of the other
        raise DeadLettered(broken)
    _hand_on(request)


def leave(task: Task, why: str) -> NoReturn:
    """It is not begun any more, nor what follows it. Of what was revoked nobody is told: who did it knows."""
    request, expired = task.request, why == EXPIRED
    log.info("step.left", message=task.name, message_id=request.id, reason=why)
    if expired:
        _tell(request, "expired", "it was not begun in time")
    error = TaskRevokedError(why)
    task.backend.mark_as_failure(
        request.id, error, request=request, state=states.REVOKED, call_errbacks=expired
    )
    raise Ignore


def fail(task: Task, reason: str) -> NoReturn:
    """It is a dead letter: whoever is to be told is, and its canvas ends. A lane goes on without it."""
    request = task.request
    _tell(request, "dead", reason)
    if request.chain and getattr(request, wire.APART, None):
        _hand_on(request)
        _pass_over(task, reason)
    raise DeadLettered(reason)


def _pass_over(task: Task, reason: str) -> None:
    request = task.request
    *rest, following = request.chain
    last = rest[0] if rest else following
    last["options"].setdefault("headers", {}).setdefault(wire.BROKEN, f"{request.id}: {reason}")
    root = request.root_id or request.id
    signature(following, app=task.app).apply_async(chain=rest, parent_id=request.id, root_id=root)
    request.chain = None  # Celery would end it


def _hand_on(request: Any) -> None:
    """In a lane, who is told of failures is written down once, and goes from step to step."""
    if not (request.chain and request.errbacks and getattr(request, wire.APART, None)):
        return
    options, name = request.chain[-1]["options"], request.chain[-1]["task"]
    options["link_error"] = [
        _of_other(told, options["task_id"], name, number) for number, told in enumerate(request.errbacks)
    ]


def _of_other(told: dict[str, Any], step: str, name: str, number: int) -> dict[str, Any]:
    """The same for the failure of another step."""
    own = str(failure_id(UUID(step), UUID(told["options"]["headers"][wire.SENDING]), number))
    *before, document = told["args"]
    failed = {**document["data"]["failed"], "step_id": step, "step": name}
    document = {**document, "id": own, "causation_id": step, "data": {**document["data"], "failed": failed}}
    return {**told, "args": [*before, document], "options": {**told["options"], "task_id": own}}


def _tell(request: Any, kind: str, reason: str) -> None:
    """Write into what is sent of a failure what it was."""
    for failed in _failures(request.errbacks):
        failed |= {"kind": kind, "reason": reason}


def _failures(errbacks: Any) -> Iterator[dict[str, Any]]:
    """Those that the mesh's canvas wrote; of another client's nothing is known."""
    for told in errbacks or ():
        match told:
            case {"args": [*_, {"data": {"failed": dict() as failed}}]}:
                yield failed


def _called_off(task: Task, canvas: str) -> bool:
    """Whether the Redis of results says so. It may be away, or there may be none: that stops no step."""
    if task.app.conf.result_backend is None:
        return False
    from redis.exceptions import RedisError  # slow to import: there where results are

    from mesh.worker.results import Results

    if not isinstance(task.backend, Results):
        return False
    try:
        return task.backend.client.get(revoked_key(canvas)) is not None
    except RedisError as error:
        log.warning("results.away", error=str(error))
        return False


def _aware(time: str) -> datetime:
    found = datetime.fromisoformat(time)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
