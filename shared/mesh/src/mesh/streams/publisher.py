"""Publishing to streams: the routes are looked up once for a batch, the batch is one round trip."""

from collections.abc import Sequence
from typing import Any

from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from mesh import wire
from mesh.broker import declare, declare_receiver
from mesh.errors import Unavailable
from mesh.outbox import Outgoing
from mesh.streams import store
from mesh.streams.safety import Persistence
from mesh.topology import EXCHANGE, UNROUTED

_NOBODY: tuple[list[str], ...] = ([UNROUTED], [])
"""What a lookup says when no queue is bound; the second, when not even that of the unrouted is, on a server
that lost its data. Nothing is published to no queue: that would be a confirmed loss."""


class StreamsPublisher:
    """The server's replies are the confirmations. Raises RefusedAtStart for one that is not safe."""

    def __init__(self, connection: Connection, persistence: Persistence) -> None:
        self._connection = connection
        self._persistence = persistence
        self._declared = False

    def publish(self, messages: Sequence[Outgoing]) -> None:
        try:
            self._publish(messages)
        except (RedisError, OperationalError, OSError) as error:
            self.close()
            raise Unavailable(f"broker: {error}") from error

    def close(self) -> None:
        self._declared = False
        self._connection.close()

    def _publish(self, messages: Sequence[Outgoing]) -> None:
        channel = self._connection.default_channel
        if not self._declared:
            channel.refuse_unsafe(self._persistence)
            declare(channel)
            self._declared = True
        by_key = {m.routing_key: m for m in messages if m.queue is None}
        routes = {key: self._route(message) for key, message in by_key.items()}
        added: list[tuple[str, dict[str, Any]]] = []
        for message in messages:
            fields = _fields(message)
            queues = [message.queue] if message.queue else routes[message.routing_key]
            added += [(queue, fields) for queue in queues]
        with channel.conn_or_acquire() as client:
            store.add_all(client, added)

    def _route(self, message: Outgoing) -> list[str]:
        """The queues bound for a message: looked up for every batch, so a new binding holds at once."""
        channel = self._connection.default_channel
        queues: list[str] = channel._lookup(EXCHANGE.name, message.routing_key)
        if queues in _NOBODY and declare_receiver(channel, message):
            queues = channel._lookup(EXCHANGE.name, message.routing_key)
            if queues in _NOBODY:  # the server lost its data, and kombu remembers to have bound all
                channel.state.clear()
                declare(channel)
                declare_receiver(channel, message)
                queues = channel._lookup(EXCHANGE.name, message.routing_key)
        return queues or [UNROUTED]


def _fields(message: Outgoing) -> dict[str, Any]:
    headers = wire.headers(message)
    rest = {
        "content-type": wire.CONTENT_TYPE,
        "content-encoding": wire.ENCODING,
        "headers": headers,
        "properties": {
            "correlation_id": headers["id"],
            "delivery_info": {"exchange": EXCHANGE.name, "routing_key": message.routing_key},
        },
    }
    return {"body": wire.body(message), "rest": wire.dumps(rest)}
