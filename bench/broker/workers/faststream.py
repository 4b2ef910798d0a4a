"""FastStream: `python -m bench.broker.workers.faststream one|batch`, on the event loop that it recommends."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.redis import RedisBroker, StreamSub

from bench.broker.order import check
from bench.broker.tally import mine

QUEUE = "orders"
GROUP = "workers"

Order = dict[str, Any]


async def take_order(order: Order) -> None:
    amounts = (line["quantity"] * line["unit_price"] for line in order["lines"])
    check(order["number"], order["currency"], order["total"], amounts)
    mine().note(order["number"])


async def take_orders(orders: list[Order]) -> None:
    for order in orders:
        await take_order(order)


def redis(url: str, kind: str) -> RedisBroker:
    """A consumer of its own in the group of all; acknowledged with one XACK for each read or message."""
    broker = RedisBroker(url, logger=None, apply_types=APPLY_TYPES)
    most = int(os.environ["PREFETCH"])
    stream = StreamSub(QUEUE, group=GROUP, consumer=str(os.getpid()), batch=kind == "batch", max_records=most)
    handler = take_orders if kind == "batch" else take_order
    broker.subscriber(stream=stream, ack_policy=AckPolicy.REJECT_ON_ERROR)(handler)
    return broker


def rabbit(url: str) -> RabbitBroker:
    broker = RabbitBroker(url, logger=None, apply_types=APPLY_TYPES)
    channel = Channel(prefetch_count=int(os.environ["PREFETCH"]))
    queue = RabbitQueue(QUEUE, durable=True)
    broker.subscriber(queue, channel=channel, ack_policy=AckPolicy.REJECT_ON_ERROR)(take_order)
    return broker


APPLY_TYPES = False
"""Handlers get what JSON says, unchecked, which is what those of Celery and dramatiq get too."""


def main(arguments: Sequence[str]) -> None:
    url = os.environ["BENCH_URL"]
    broker = redis(url, arguments[0]) if url.startswith("redis") else rabbit(url)
    uvloop.run(FastStream(broker, logger=None).run())


if __name__ == "__main__":
    main(sys.argv[1:])
