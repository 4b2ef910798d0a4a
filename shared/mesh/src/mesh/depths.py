"""How much lies on the broker: in queues, and delayed for them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from kombu import Connection, Queue
from kombu.transport.native_delayed_delivery import MAX_LEVEL, level_name

from mesh import broker
from mesh.errors import Unavailable
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
    with _opened(url) as connection:
        asked = ((name, _depth(connection, name)) for name in sorted(set(queues)))
        return {name: depth for name, depth in asked if depth}


def delayed(url: str) -> Counter[str]:
    """How many wait for each queue until they are due. Raises Unavailable."""
    with _opened(url) as connection:
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
            if _is_missing(error):
                return None
            raise
        return Depth(int(found.message_count), int(found.consumer_count))


def _is_missing(error: Exception) -> bool:
    """Who may not look, or looks at something else, must not take it for nothing."""
    return str(getattr(error, "code", None) or getattr(error, "reply_code", None)) == "404"


@contextmanager
def _opened(url: str) -> Iterator[Connection]:
    connection = broker.connection(url)
    try:
        with connection:
            connection.ensure_connection(max_retries=1, timeout=broker.TIMEOUT)
            yield connection
    except (*broker.ERRORS, *connection.connection_errors, *connection.channel_errors, OSError) as error:
        raise Unavailable(f"broker: {error}") from error
