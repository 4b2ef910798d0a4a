"""dramatiq: `dramatiq bench.broker.workers.dramatiq`. It acknowledges when an actor has returned, always."""

import os
from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker

from bench.broker.order import NAME, check
from bench.broker.tally import mine

QUEUE = "orders"

_url = os.environ["BENCH_URL"]
dramatiq.set_broker(
    RedisBroker(url=_url)
    if _url.startswith("redis")
    else RabbitmqBroker(url=_url, confirm_delivery=bool(os.environ.get("CONFIRM")))
)


@dramatiq.actor(queue_name=QUEUE, actor_name=NAME)
def take_order(order: dict[str, Any]) -> None:
    amounts = (line["quantity"] * line["unit_price"] for line in order["lines"])
    check(order["number"], order["currency"], order["total"], amounts)
    mine().note(order["number"])
