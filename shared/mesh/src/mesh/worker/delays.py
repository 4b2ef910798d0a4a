"""RabbitMQ's delays: Celery's queues for them, with bindings that match one key and no other.

A delayed message goes through up to 28 queues, one for each power of two seconds, and arrives under its own
key with 28 bits before it. Celery binds `#.<key>` there, which also matches every longer key that ends
alike; 28 stars match just the bits.
"""

from typing import Any

from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu import Exchange
from kombu.transport.native_delayed_delivery import (
    CELERY_DELAYED_DELIVERY_EXCHANGE,
    MAX_NUMBER_OF_BITS_TO_USE,
)

_BITS = "*." * MAX_NUMBER_OF_BITS_TO_USE


class Delays(DelayedDelivery):
    """In place of Celery's step in the worker's consumer."""

    def _bind_queues(self, app: Any, connection: Any) -> None:
        exchange = Exchange(CELERY_DELAYED_DELIVERY_EXCHANGE, type="topic")
        for queue in app.amqp.queues.values():
            bound = queue(connection.default_channel)
            bound.queue_declare()
            keys = [b.routing_key for b in queue.bindings] or [queue.routing_key]
            for key in keys:
                bound.bind_to(exchange, routing_key=_BITS + key)
