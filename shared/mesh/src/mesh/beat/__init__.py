"""Beats: they send off what has fallen due in a service. Several may run; one is at work, the others wait.

Celery's beat over redbeat: its entries and its lock lie on the Redis or Valkey of SCHEDULES_URL. What is to
fall due is the database's to say (`mesh.ticks`): entries are made from it, when a beat goes to work, when it
is told of a change, and every now and then. So that server may lose all it has, a beat may die at any moment,
and two may believe that they are the one.

    ticks.py        what a service says of itself
    scheduler.py    one turn after the other; what `celery -A <service>.main beat` runs, too
    entries.py      what redbeat keeps
    lock.py         who is at work
"""

from typing import Any

from mesh.service import Service
from mesh.settings import Settings

LOCK = 10.0
"""Seconds for which a beat that says nothing more counts as at work."""
PACE = 1
"""Seconds between two turns at the most: a beat that works says so, the others look whether it still does."""


def configuration(service: Service[Any], settings: Settings) -> dict[str, Any]:
    """Celery's and redbeat's settings. The service's name keeps beats of others on one server apart."""
    if service.ticks is None:
        return {}
    return {
        "beat_scheduler": "mesh.beat.scheduler:Scheduler",
        "beat_max_loop_interval": PACE,
        "redbeat_key_prefix": f"{service.name}.beat:",
        "redbeat_redis_url": settings.schedules_url or "",
        "redbeat_redis_options": {},  # or it would take the broker's
    }
