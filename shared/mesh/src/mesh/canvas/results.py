"""What the Redis of results knows of a canvas: whether it is called off, and the states of its steps.

All services share it. It may lose both: what has to be known for sure is in a service's own database.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from mesh.agreed import revoked_key
from mesh.broker import TIMEOUT
from mesh.canvas.nodes import Canvas, Step
from mesh.canvas.places import Placed, steps
from mesh.errors import RefusedAtStart, Unavailable
from mesh.inbox import KEPT
from mesh.settings import Settings

PENDING = "PENDING"


class State(NamedTuple):
    """A step, and Celery's name for how it does; PENDING: nothing is known of it, or not any more."""

    step: Placed
    state: str


def revoke(settings: Settings, id: UUID) -> None:
    """No step of that canvas is begun any more, in whatever service, also if it is put again. What is being
    worked on is finished. Nobody is told: whoever revokes knows.

    It holds for 14 days, over restarts of everything but a Redis that loses its data. Raises Unavailable.
    """
    with _opened(settings) as client:
        client.set(revoked_key(str(id)), "revoked", ex=KEPT)


def states(settings: Settings, canvas: Canvas | Step, *, id: UUID) -> list[State]:
    """How each step did last. Raises Unavailable."""
    found = list(steps(canvas, id=id))
    with _opened(settings) as client:
        said = client.mget([f"celery-task-meta-{step.id}" for step in found])
    known = (json.loads(one)["status"] if one else PENDING for one in said)
    return [State(step, state) for step, state in zip(found, known, strict=True)]


@contextmanager
def _opened(settings: Settings) -> Iterator[Any]:
    if settings.result_url is None:
        raise RefusedAtStart("RESULT_URL is not set: a canvas needs it, the same one in all services")
    from redis import Redis  # slow to import, and few need it
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(
            settings.result_url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        ) as client:
            yield client
    except RedisError as error:
        raise Unavailable(f"results: {error}") from error
