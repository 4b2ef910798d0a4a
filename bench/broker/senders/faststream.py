"""FastStream: 500 in a pipeline of Redis; 500 to RabbitMQ that wait for their confirmations together."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import uvloop
from faststream.rabbit import RabbitBroker, RabbitQueue
from faststream.redis import RedisBroker
from redis.exceptions import ResponseError

from bench.broker.order import document
from bench.broker.workers.faststream import GROUP, QUEUE

TOGETHER = 500
Orders = Sequence[dict[str, Any]]
Publish = Callable[[Orders], Awaitable[Any]]


class Sender:
    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        url = os.environ["BENCH_URL"]
        opened = _redis(url) if url.startswith("redis") else _rabbit(url)
        self._publish = self._loop.run_until_complete(opened)
        self.prepare([])

    def prepare(self, numbers: Sequence[int]) -> None:
        self._orders = [document(number) for number in numbers]

    def send(self) -> None:
        self._loop.run_until_complete(self._send())

    async def _send(self) -> None:
        for start in range(0, len(self._orders), TOGETHER):
            await self._publish(self._orders[start : start + TOGETHER])


async def _redis(url: str) -> Publish:
    broker = RedisBroker(url, logger=None, apply_types=False)
    client: Any = await broker.connect()
    with suppress(ResponseError):  # there is one
        # Here, as a worker's own would begin with what comes after its start, or, told to begin with
        # the first, let the second worker ask without a pause for what it has never been given.
        await client.xgroup_create(QUEUE, GROUP, id="0", mkstream=True)

    async def publish(orders: Orders) -> None:
        async with client.pipeline(transaction=False) as pipe:
            for order in orders:
                await broker.publish(order, stream=QUEUE, pipeline=pipe)
            await pipe.execute()

    return publish


async def _rabbit(url: str) -> Publish:
    broker = RabbitBroker(url, logger=None, apply_types=False)
    await broker.connect()
    queue = RabbitQueue(QUEUE, durable=True)
    await broker.declare_queue(queue)

    async def publish(orders: Orders) -> None:
        await asyncio.gather(*(broker.publish(order, queue, persist=True) for order in orders))

    return publish
