"""The Redis of results: Celery's backend, by which a group's end is found whatever became of its parts.

Celery says how many parts a group has when it publishes them. A canvas out of an outbox has each part say it.
Where a group within a group failed, Celery leaves the one around it waiting for ever. And it tries once to
count a part: where that fails, work that is committed would end as a failure.
"""

import time
from typing import Any

from celery import states
from celery.app.task import Context
from celery.backends.redis import RedisBackend

from mesh import wire

_PAUSE = 0.25  # seconds


class Results(RedisBackend):
    """What `result_backend` with a `redis://…` stands for."""

    def on_chord_part_return(self, request: Any, state: str, result: Any, **kwargs: Any) -> None:
        """Who begins a canvas needs no results, and what they lost is there again when it is sent again."""
        if request.group:
            self._ensure_retryable(self._count, request, state, result, **kwargs)

    def _count(self, request: Any, state: str, result: Any, **kwargs: Any) -> None:
        parts = getattr(request, wire.PARTS, None) or (request.headers or {}).get(wire.PARTS)
        if parts:
            self._set_chord_key(self.get_key_for_group(request.group, ".s"), parts)
        self._wait_for_claim(request.group)
        super().on_chord_part_return(request, state, result, **kwargs)

    def _wait_for_claim(self, group: str) -> None:
        """Celery has one process claim a complete chord, for about 20 s, and go on with it. Who dies with
        the claim is followed within seconds by who has its message again; and who got no answer to it tries
        again. For them the chord is complete and claimed, so nobody would ever go on. While a chord is
        claimed, only such as these are under way in it; they wait for the claim to end."""
        claim = self.get_key_for_group(group, ".c")
        while self.client.get(claim) not in (None, b"done"):
            time.sleep(_PAUSE)

    def chord_error_from_stack(self, callback: Any, exc: Any = None) -> Any:
        """Its body is not begun: which may be the end of a part of the group around it."""
        said = super().chord_error_from_stack(callback, exc)
        if callback.options.get("chord"):
            part = Context(callback.options)
            part.id, part.group = callback.options["task_id"], callback.options["group_id"]
            self.on_chord_part_return(part, states.FAILURE, exc)
        return said
