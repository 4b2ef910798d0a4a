"""Celery as its documentation recommends for tasks that must not be lost; the rest is its default."""

import os

from celery import Celery


def celery_app(service: str) -> Celery:
    """The app of one worker, or of a sender of tasks."""
    app = Celery(service, broker=os.environ["BROKER_URL"])
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        task_default_queue=service,
        task_routes={f"{name}.*": {"queue": name} for name in ("orders", "emails", "reports")},
        broker_connection_retry_on_startup=True,
    )
    return app
