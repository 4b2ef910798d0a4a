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


class AmqpLeases:
    """All leases, and one connection to them."""

    def __init__(self, connection: Connection) -> None:
        # Every word is bounded: a broker may be frozen, or read no more because its disk is full.
        connection.transport_options = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
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
        said: list[Message] = []
        consumer = channel.basic_consume(LIVE, callback=said.append)
        mark = uuid4().hex
        self._say(channel, mark, b"")
        deadline = time.monotonic() + TIMEOUT
        while not (own := [m for m in said if _instance(m) == mark]) or _left(channel):
            # Another one reads, or they are on their way; what that one gives back may come behind the mark.
            channel.connection.drain_events(timeout=max(0.001, deadline - time.monotonic()))
        channel.basic_cancel(consumer)
        channel.basic_ack(own[0].delivery_tag)
        channel.basic_recover(requeue=True)
        return _latest(said)

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
        self._connection.ensure_connection(max_retries=1, timeout=TIMEOUT)
        with suppress(AccessRefused), self._connection.channel() as attempt:
            live()(attempt).declare()  # who may not finds it there: an operator made it
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        return self._channel


def _instance(message: Message) -> Any:
    return message.properties.get("message_id")


def _left(channel: Channel) -> int:
    return int(channel.queue_declare(LIVE, passive=True).message_count)


def _latest(said: Sequence[Message]) -> list[bytes]:
    """What each process said last, of those that have not said that they go."""
    latest: dict[Any, tuple[int, bytes]] = {}
    for message in said:
        now = message.headers.get("number", 0), _bytes(message.body)
        latest[_instance(message)] = max(latest.get(_instance(message), now), now)
    return [document for _, document in latest.values() if document]


def _bytes(body: bytes | str) -> bytes:
    return body if isinstance(body, bytes) else body.encode()
