"""Getting a batch of messages onto the broker, with its confirmation for every one of them."""

from collections.abc import Sequence
from typing import Protocol

from mesh import broker, sqs
from mesh.outbox import Outgoing
from mesh.rabbitmq.publisher import AmqpPublisher
from mesh.streams.safety import Persistence


class Publisher(Protocol):
    """One connection to one kind of broker."""

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when the broker has confirmed every message; raise mesh.Unavailable otherwise.

        What was published before the error is published again with the next try: at least once.
        """

    def close(self) -> None:
        """Give the connection up."""


def connect(url: str, persistence: Persistence = "required") -> Publisher:
    """The publisher for a broker's URL: `streams+redis[s]://…`, `amqp[s]://…` or `sqs://…`.

    Raises RefusedAtStart for a URL that cannot be meant.
    """
    connection = broker.connection(url)
    if url.startswith("streams+"):
        from mesh.streams.publisher import StreamsPublisher  # needs redis-py, slow to import

        return StreamsPublisher(connection, persistence)
    if url.startswith(sqs.SCHEME):
        from mesh.sqs.publisher import SqsPublisher  # needs boto3, which only the extra brings

        return SqsPublisher(connection)
    return AmqpPublisher(connection)
