"""Leases on RabbitMQ: messages in `mesh.live`, each of which ends by itself, on the broker's clock.

A process is what its latest message says. Who reads is the only consumer for so long: it takes them all, up
to one that it puts behind them, and gives them back as they were.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from amqp import Channel, Message
from amqp.exceptions import AccessRefused, AMQPError
from kombu import Connection
from kombu.exceptions import OperationalError

from mesh.broker import TIMEOUT
from mesh.errors import Unavailable
from mesh.topology import LIVE, live

T = TypeVar("T")

_HEARTBEAT = 30
"""Seconds after which RabbitMQ gives up who says nothing: a reader that was cut off would keep all others
from reading. Whoever announces itself says something more often."""


class AmqpLeases:
    """All leases, and one connection to them."""

    def __init__(self, connection: Connection) -> None:
        # Every word is bounded: a broker may be frozen, or read no more because its disk is full.
        connection.transport_options = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
        connection.heartbeat = _HEARTBEAT
        self._connection = connection
        self._channel: Any = None
        self._numbers = count()

    def renew(self, instance: str, document: bytes) -> None:
        self._ask(lambda channel: self._say(channel, instance, document))

    def end(self, instance: str) -> None:
        self.renew(instance, b"")

    def all(self) -> Sequence[bytes]:
        return self._ask(self._read)

    def close(self) -> None:
        self._channel = None
        self._connection.close()

    def _say(self, channel: Channel, instance: str, document: bytes) -> None:
        """And wait for the confirmation: on a connection that is dead, words go nowhere for minutes."""
        said = Message(document, message_id=instance, application_headers={"number": next(self._numbers)})
        channel.basic_publish_confirm(said, exchange="", routing_key=LIVE)

    def _read(self, channel: Channel) -> list[bytes]:
        deadline = time.monotonic() + TIMEOUT
        said: list[Message] = []
        # With the channel ends the consumer, and what it held is back in the same step: who is let in next
        # finds all of it there.
        with self._connection.channel() as reading:
            reading.basic_consume(LIVE, callback=said.append)
            while self._more(channel, said, deadline) or _left(reading):
                pass
            return _latest(said)

    def _more(self, channel: Channel, said: list[Message], deadline: float) -> bool:
        """Put a mark behind all that is there, and wait for it. Returns whether something else came, too."""
        there, mark = len(said), uuid4().hex
        self._say(channel, mark, b"")
        while not (own := [message for message in said[there:] if _instance(message) == mark]):
            # Another one reads, or they are on their way.
            channel.connection.drain_events(timeout=max(0.001, deadline - time.monotonic()))
        own[0].channel.basic_ack(own[0].delivery_tag)
        return len(said) > there + 1

    def _ask(self, question: Callable[[Channel], T]) -> T:
        try:
            return question(self._channel or self._open())
        except AccessRefused as error:
            self.close()
            raise Unavailable(f"broker: this user may not use {LIVE}: {error.reply_text}") from None
        except (AMQPError, OperationalError, OSError) as error:
            self._channel = None
            self._connection.collect()  # without the farewell, which such a broker would not answer
            raise Unavailable(f"broker: {error or type(error).__name__}") from error

    def _open(self) -> Channel:
        self._connection.ensure_connection(max_retries=1, interval_start=0, timeout=TIMEOUT)
        with suppress(AccessRefused), self._connection.channel() as attempt:
            live()(attempt).declare()  # who may not finds it there: an operator made it
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        return self._channel


def _instance(message: Message) -> Any:
    return message.properties.get("message_id")


def _number(message: Message) -> int:
    """0 for what no process of the mesh has written."""
    headers = message.headers
    found = headers.get("number") if isinstance(headers, dict) else None
    return found if isinstance(found, int) else 0


def _left(channel: Channel) -> int:
    return int(channel.queue_declare(LIVE, passive=True).message_count)


def _latest(said: Sequence[Message]) -> list[bytes]:
    """What each process said last, of those that have not said that they go."""
    latest: dict[Any, tuple[int, bytes]] = {}
    for message in said:
        now = _number(message), _bytes(message.body)
        latest[_instance(message)] = max(latest.get(_instance(message), now), now)
    return [document for _, document in latest.values() if document]


def _bytes(body: bytes | str) -> bytes:
    return body if isinstance(body, bytes) else body.encode()
