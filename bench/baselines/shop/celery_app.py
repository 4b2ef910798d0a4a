"""Celery, for whoever sends tasks."""

import os

from celery import Celery

TASKS = ("emails.send_receipt", "reports.record_sale")
"""What an order causes."""


def celery_app() -> Celery:
    """Each service's tasks in a queue of its own."""
    app = Celery("orders", broker=os.environ["BROKER_URL"])
    app.conf.update(
        task_ignore_result=True,
        task_routes={f"{name}.*": {"queue": name} for name in ("emails", "reports")},
        broker_pool_limit=16,
    )
    return app
