"""The floor: pipelines of XADD, or AMQP with confirmations that are waited for by the hundred."""

import json
import os
from collections.abc import Sequence
from typing import Any, ClassVar

from amqp import Message
from redis import Redis

from bench.broker.order import document
from bench.broker.workers.bare import MOST, QUEUE, amqp_connection


class Sender:
    arguments: ClassVar[dict[str, str]] = {}
    """Of the queue on RabbitMQ."""

    def __init__(self) -> None:
        url = os.environ["BENCH_URL"]
        self._broker = _Redis(url) if url.startswith("redis") else _RabbitMQ(url, self.arguments)
        self.prepare([])

    def prepare(self, numbers: Sequence[int]) -> None:
        self._bodies = [json.dumps(document(number)) for number in numbers]

    def send(self) -> None:
        for start in range(0, len(self._bodies), MOST):
            self._broker.publish(self._bodies[start : start + MOST])


class _Redis:
    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(url, protocol=2)

    def publish(self, bodies: Sequence[str]) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            for body in bodies:
                pipe.xadd(QUEUE, {"body": body})
            pipe.execute()


class _RabbitMQ:
    def __init__(self, url: str, arguments: dict[str, str]) -> None:
        self._connection = amqp_connection(url)
        self._channel: Any = self._connection.channel()
        self._channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments=arguments)
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_confirm)
        self._sent = 0
        self._unconfirmed: set[int] = set()

    def publish(self, bodies: Sequence[str]) -> None:
        for body in bodies:
            self._channel.basic_publish(Message(body, delivery_mode=2), exchange="", routing_key=QUEUE)
            self._sent += 1
            self._unconfirmed.add(self._sent)
        while self._unconfirmed:
            self._connection.drain_events()

    def _on_confirm(self, tag: int, multiple: bool) -> None:
        """RabbitMQ confirms in any order."""
        done = {t for t in self._unconfirmed if t <= tag} if multiple else {tag}
        self._unconfirmed -= done
