"""How much lies on the broker: in queues, and delayed for them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from kombu import Connection, Queue
from kombu.transport.native_delayed_delivery import MAX_LEVEL, level_name

from mesh import broker
from mesh.streams import delayed as of_streams

UNKNOWN = "?"
"""In place of a queue's name: RabbitMQ does not say what its delayed messages are for."""


class Depth(NamedTuple):
    """What is in a queue."""

    messages: int
    """Over streams also those that a worker holds; on RabbitMQ each worker says so itself (`leases.Live`)."""
    consumers: int
    """Over streams 0."""


def depths(url: str, queues: Iterable[str]) -> dict[str, Depth]:
    """Of those that are there. Raises Unavailable."""
    with broker.opened(url) as connection:
        asked = ((name, _depth(connection, name)) for name in sorted(set(queues)))
        return {name: depth for name, depth in asked if depth}


def delayed(url: str) -> Counter[str]:
    """How many wait for each queue until they are due. Raises Unavailable."""
    with broker.opened(url) as connection:
        if url.startswith("streams+"):
            with connection.default_channel.conn_or_acquire() as client:
                return of_streams.counted(client)
        levels = (_depth(connection, level_name(level)) for level in range(MAX_LEVEL + 1))
        return +Counter({UNKNOWN: sum(level.messages for level in levels if level)})


def _depth(connection: Connection, name: str) -> Depth | None:
    """On a channel of its own: RabbitMQ closes that of whoever asks for what is not there."""
    with connection.channel() as channel:
        try:
            found: Any = Queue(name, no_declare=True)(channel).queue_declare(passive=True)
        except connection.channel_errors as error:
            if broker.is_missing(error):
                return None
            raise
        return Depth(int(found.message_count), int(found.consumer_count))
