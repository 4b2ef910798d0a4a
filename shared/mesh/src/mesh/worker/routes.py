"""Where Celery sends what it is asked to send by name: a canvas step, a `celery call`.

Celery would put a name that it does not know onto its own default queue, where nobody looks for it.
"""

from collections.abc import Collection
from typing import Any

from kombu import Queue

from mesh import topology, wire

Route = dict[str, Queue] | None


class Routes:
    """Celery's `task_routes`. `private` are the service's own tasks, which stay in its own queue."""

    def __init__(self, private: Collection[str]) -> None:
        self._private = private

    def __call__(self, name: str, args: Any, kwargs: Any = None, options: Any = None, **more: Any) -> Route:
        """The queue of the command's owner, which the sender so declares."""
        owner, _, rest = name.partition(".")
        if not rest or "." in rest or owner == "celery" or name in self._private:
            return None
        lane = ((options or {}).get("headers") or {}).get(wire.LANE)
        return {"queue": topology.command_queue(topology.routing_key(name, wire.version(args or ()), lane))}
