"""The Redis of results: Celery's backend, by which a group's end is found whatever became of its parts.

Celery says how many parts a group has when it publishes them. A canvas out of an outbox has each part say it.
And where a group within a group failed, Celery leaves the one around it waiting for ever.
"""

from typing import Any

from celery import states
from celery.app.task import Context
from celery.backends.redis import RedisBackend

from mesh import wire


class Results(RedisBackend):
    """What `result_backend` with a `redis://…` stands for."""

    def on_chord_part_return(self, request: Any, state: str, result: Any, **kwargs: Any) -> Any:
        """Who begins a canvas needs no results, and what they lost is there again when it is sent again."""
        parts = getattr(request, wire.PARTS, None) or (request.headers or {}).get(wire.PARTS)
        if parts and request.group:
            key = self.get_key_for_group(request.group, ".s")
            self.client.set(key, parts, ex=self.chord_expires or None)
        return super().on_chord_part_return(request, state, result, **kwargs)

    def chord_error_from_stack(self, callback: Any, exc: Any = None) -> Any:
        """Its body is not begun: which may be the end of a part of the group around it."""
        said = super().chord_error_from_stack(callback, exc)
        if callback.options.get("chord"):
            part = Context(callback.options)
            part.id, part.group = callback.options["task_id"], callback.options["group_id"]
            self.on_chord_part_return(part, states.FAILURE, exc)
        return said
