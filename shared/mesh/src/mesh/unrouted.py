"""What nobody listened for: events that lie in `mesh.unrouted`, to be looked at and sent once more.

An event of which no service has ever declared a queue is kept there. When a listener comes later and wants
what was before its time, an operator sends it again: under its own key, to whoever listens now. Inboxes
stop what somebody has handled already.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from amqp.exceptions import AccessRefused, ChannelError
from kombu import Message, Queue

from contracts import ContractError, Envelope
from mesh import broker, publisher, wire
from mesh.errors import MeshError
from mesh.outbox import Outgoing
from mesh.settings import Settings
from mesh.topology import UNROUTED, routing_key
from mesh.wire import Raw


def counted(url: str, queue: str = UNROUTED) -> Counter[str]:
    """How many there are of each message name and version; what is no message counts as `?`."""
    with _messages(url, queue) as messages:
        held = list(messages)
        names = [_named(_envelope(message)) for message in held]
        for message in held:
            message.requeue()
    return Counter(names)


def replay(settings: Settings) -> tuple[int, int]:
    """Send each once more. Returns how many were sent and how many are no messages and stay.

    Raises Unavailable; what has not been sent by then stays. What still has no listener comes back.
    """
    sender = publisher.connect(settings.broker_url, settings.broker_persistence)
    sent, kept = 0, []
    with _messages(settings.broker_url) as messages:
        for message in messages:
            outgoing = _outgoing(message)
            if outgoing is None:
                kept.append(message)
                continue
            sender.publish([outgoing])
            message.ack()
            sent += 1
        for message in kept:
            message.requeue()
    sender.close()
    return sent, len(kept)


@contextmanager
def _messages(url: str, name: str = UNROUTED) -> Iterator[Iterator[Message]]:
    """Those that are there now, one after the other."""
    with broker.connection(url) as connection:
        queue = Queue(name, no_declare=True)(connection.default_channel)
        try:
            count = queue.queue_declare(passive=True).message_count
        except AccessRefused:
            raise MeshError(f"this user may not read {name}: give an operator's BROKER_URL") from None
        except ChannelError as error:
            if not broker.is_missing(error):
                raise
            count = 0  # over streams it is there when something is in it
        yield (message for _ in range(count) if (message := queue.get()))


def _envelope(message: Any) -> Envelope | None:
    headers = message.headers if isinstance(message.headers, dict) else {}
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    try:
        return wire.envelope(Raw(body, headers, UNROUTED, 0))
    except ContractError:
        return None


def _named(envelope: Envelope | None) -> str:
    return f"{envelope.name} v{envelope.version}" if envelope else "?"


def _outgoing(message: Message) -> Outgoing | None:
    """Under the key that it came with, for the sake of its lane, where that is one of its own.

    None: it is no message.
    """
    envelope = _envelope(message)
    if envelope is None:
        return None
    plain = routing_key(envelope.name, envelope.version)
    came_with = str(message.delivery_info.get("routing_key"))
    key = came_with if came_with.startswith(f"{plain}.") else plain
    return Outgoing(str(envelope.id), envelope.name, key, None, envelope.model_dump_json(), 0)
