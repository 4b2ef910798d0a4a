"""RabbitMQ's delays: Celery's queues for them, with bindings that match one key and no other.

A delayed message goes through up to 28 queues, one for each power of two seconds, and arrives under its own
key with 28 bits before it. Celery binds `#.<key>` there, which also matches every longer key that ends
alike; 28 stars match just the bits.
"""

from contextlib import suppress
from typing import Any

from amqp.exceptions import AccessRefused
from celery import bootsteps
from celery.worker.consumer.tasks import Tasks
from kombu.transport.native_delayed_delivery import declare_native_delayed_delivery_exchanges_and_queues

from mesh import topology


class Delays(bootsteps.StartStopStep):
    """In place of Celery's step in the worker's consumer. Where an operator made all this, with rights
    that we do not have, it is there already."""

    requires = (Tasks,)

    def include_if(self, consumer: Any) -> bool:
        return bool(consumer.app.connection_for_write().transport.driver_type == "amqp")

    def start(self, consumer: Any) -> None:
        with consumer.app.connection_for_write() as connection:
            with suppress(AccessRefused):
                declare_native_delayed_delivery_exchanges_and_queues(connection, "quorum")
            for queue in consumer.app.amqp.queues.consume_from.values():
                with suppress(AccessRefused), connection.channel() as channel:
                    for key in topology.keys(queue):
                        queue(channel).bind_to(topology.DELAYED, routing_key=topology.DELAY + key)
