"""Getting a batch of messages onto the broker, with its confirmation for every one of them."""

from collections.abc import Sequence
from typing import Protocol

from kombu import Connection

from mesh import streams
from mesh.amqp import AmqpPublisher
from mesh.broker import TIMEOUT, transport_options
from mesh.outbox import Outgoing
from mesh.streams.publisher import StreamsPublisher
from mesh.streams.safety import Persistence


class Publisher(Protocol):
    """One connection to one kind of broker."""

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when the broker has confirmed every message; raise mesh.Unavailable otherwise.

        What was published before the error is published again with the next try: at least once.
        """

    def close(self) -> None:
        """Give the connection up."""


def connect(url: str, persistence: Persistence) -> Publisher:
    """The publisher for a broker's URL: `streams+redis[s]://…` or `amqp[s]://…`."""
    streams.register()
    connection = Connection(url, connect_timeout=TIMEOUT, transport_options=transport_options())
    if url.startswith("streams+"):
        return StreamsPublisher(connection, persistence)
    return AmqpPublisher(connection)
