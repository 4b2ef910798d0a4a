"""The role `beat` of a service, until it is told to stop."""

from typing import Any

import structlog

from mesh.beat.scheduler import Scheduler
from mesh.service import Service
from mesh.settings import Settings
from mesh.stopping import Stopping
from mesh.worker.app import celery_app

log = structlog.get_logger(__name__)


def run(service: Service[Any], settings: Settings) -> None:
    """Raises RefusedAtStart."""
    stopping = Stopping()
    stopping.listen()
    scheduler = Scheduler(celery_app(service, settings))
    while not stopping:
        stopping.wait(scheduler.tick())
    scheduler.close()
    log.info("beat.stopped")
