"""Publishing to SQS: ten messages to a request, and the answer to it is the confirmation."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from kombu import Connection
from kombu.exceptions import OperationalError

from mesh.errors import Unavailable
from mesh.outbox import Outgoing
from mesh.sqs.message import text
from mesh.topology import EXCHANGE

_MOST = 10
"""Messages in one request; more is refused."""
_BYTES = 256 * 1024
"""Of all messages in one request."""


class SqsPublisher:
    """One client. `Unavailable` is also what a missing right says: an operator can mend it meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publish(self, messages: Sequence[Outgoing]) -> None:
        try:
            self._publish(messages)
        except (BotoCoreError, ClientError, OperationalError, OSError) as error:
            self.close()  # and look everything up anew: a queue may be gone
            raise Unavailable(f"broker: {error}") from error

    def close(self) -> None:
        self._connection.close()

    def _publish(self, messages: Sequence[Outgoing]) -> None:
        channel = self._connection.default_channel
        by_queue: dict[str, list[str]] = {}
        for message in messages:
            document = text(message)
            for queue in (
                [message.queue] if message.queue else channel._lookup(EXCHANGE.name, message.routing_key)
            ):
                by_queue.setdefault(queue, []).append(document)
        for queue, documents in by_queue.items():
            url = channel._new_queue(queue)  # there at the latest now: a command's owner may come up later
            for batch in _batches(documents):
                _send(channel.sqs(), url, batch)


def _send(client: Any, url: str, documents: list[str]) -> None:
    entries = [{"Id": str(n), "MessageBody": document} for n, document in enumerate(documents)]
    if failed := client.send_message_batch(QueueUrl=url, Entries=entries).get("Failed"):
        raise OperationalError(f"{len(failed)} of {len(entries)} refused by {url}: {_reason(failed[0])}")


def _batches(documents: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for document in documents:
        if batch and (len(batch) == _MOST or size + len(document) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document)
    if batch:
        yield batch


def _reason(failed: dict[str, Any]) -> str:
    return f"{failed.get('Code')} {failed.get('Message', '')}".strip()
