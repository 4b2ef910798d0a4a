"""Stock Celery: `celery -A bench.broker.workers.stock worker`."""

import os
from typing import Any

from celery import Celery

from bench.broker.order import NAME, check
from bench.broker.tally import mine

QUEUE = "orders"

app = Celery("stock", broker=os.environ["BENCH_URL"])
app.conf.update(
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_ignore_result=True,
    # 1 for prefork, more for solo: see contestants.py
    worker_prefetch_multiplier=int(os.environ.get("PREFETCH", "1")),
    # For RabbitMQ: Redis' transport does not know it, and needs none.
    broker_transport_options={"confirm_publish": True} if os.environ.get("CONFIRM") else {},
)


@app.task(name=NAME)
def take_order(order: dict[str, Any]) -> None:
    amounts = (line["quantity"] * line["unit_price"] for line in order["lines"])
    check(order["number"], order["currency"], order["total"], amounts)
    mine().note(order["number"])
