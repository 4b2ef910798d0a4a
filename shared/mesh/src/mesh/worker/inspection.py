"""`celery inspect active|reserved|query_task`: Celery's answers, and the messages that travel in chunks."""

from collections.abc import Iterator
from typing import Any

from celery.worker import control
from kombu.utils.functional import maybe_list

from mesh.worker.dispatcher import Chunk, Waiting
from mesh.worker.monitor import shown

Info = dict[str, Any]


def register() -> None:
    """Answer these commands in Celery's place."""
    inspect = control.Panel.register
    inspect(active, type="inspect", alias="dump_active")
    inspect(reserved, type="inspect", alias="dump_reserved")
    inspect(query_task, type="inspect", variadic="ids", signature="[id1 [id2 [... [idN]]]]")


def active(state: Any, safe: bool = False, **_: Any) -> list[Info]:
    """List of messages and tasks currently being handled."""
    return [*control.active(state, safe=safe), *_active(state)]


def reserved(state: Any, **_: Any) -> list[Info]:
    """List of messages and tasks that wait in the worker."""
    return [*control.reserved(state), *_reserved(state)]


def query_task(state: Any, ids: Any, **_: Any) -> dict[str, tuple[str, Info]]:
    """Query for messages and tasks by id."""
    found = {info["id"]: ("reserved", info) for info in _reserved(state)}
    found.update((info["id"], ("active", info)) for info in _active(state))
    wanted = maybe_list(ids)
    return {**control.query_task(state, wanted), **{id: found[id] for id in wanted if id in found}}


def _active(state: Any) -> Iterator[Info]:
    for chunk in list(state.consumer.dispatcher.running):  # a thread's callback may end one meanwhile
        for waiting in chunk.messages:
            yield _info(state, waiting, chunk)


def _reserved(state: Any) -> Iterator[Info]:
    for waiting in state.consumer.dispatcher.waiting():
        yield _info(state, waiting)


def _info(state: Any, waiting: Waiting, chunk: Chunk | None = None) -> Info:
    raw = waiting.raw
    return {
        "id": raw.id,
        "name": str(raw.headers.get("task")),
        "args": shown(raw),
        "kwargs": {},
        "type": str(raw.headers.get("task")),
        "hostname": state.hostname,
        "time_start": chunk and chunk.since,
        "acknowledged": False,
        "delivery_info": {"queue": raw.queue, "deaths": raw.deaths},
        "worker_pid": chunk and chunk.pid,
    }
