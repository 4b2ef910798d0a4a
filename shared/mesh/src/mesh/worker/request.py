"""Celery's request, of which what was revoked, or has expired, is left to a child.

Celery ends it in the worker's main process, where it tells a chord, and nobody else: a chain that it was in,
and who is told of failures, would never hear of it. And what has expired it takes for revoked, also when it
comes again with more time. A child may find that it was handled before; else it ends it as it ends a failure.
And `inspect` shows nobody's address.
"""

from datetime import UTC, datetime
from typing import Any

from celery.worker import request

from mesh.worker import incoming
from mesh.worker.monitor import shown
from mesh.worker.steps import UNWANTED


class Request(request.Request):
    """As Celery's, for what it takes for itself alone."""

    def info(self, safe: bool = False) -> dict[str, Any]:
        """With no more of the message than may be shown."""
        return {**super().info(safe), "args": shown(incoming.raw(self.message, "")), "kwargs": {}}

    def revoked(self) -> bool:
        """Never: the child is told."""
        if UNWANTED not in self.request_dict:
            super().revoked()
        return bool(self._already_revoked)

    def maybe_expire(self) -> bool:
        """Without remembering it."""
        return bool(self.expires and datetime.now(UTC) > self.expires)

    def _announce_revoked(self, reason: str, terminated: bool, signum: Any, expired: bool) -> None:
        if terminated:
            super()._announce_revoked(reason, terminated, signum, expired)
            return
        self.send_event("task-revoked", terminated=False, signum=None, expired=expired)
        self.request_dict[UNWANTED] = reason
