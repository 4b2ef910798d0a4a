"""Publishing to RabbitMQ: a batch goes out whole, then its confirmations are waited for.

Confirms alone do not report a message that no queue took; `mandatory` does. Events are kept by the
exchange's alternate, commands by their receiver's queue, which is declared before; what comes back
all the same is told, and everything is declared anew with the next try.
"""

import time
from collections.abc import Sequence
from typing import Any

from amqp import Message
from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import OperationalError

from mesh import wire
from mesh.broker import TIMEOUT, declare, declare_receiver
from mesh.errors import Unavailable, Unroutable
from mesh.outbox import Outgoing
from mesh.topology import EXCHANGE

_PERSISTENT = 2


class AmqpPublisher:
    """One channel in confirm mode."""

    def __init__(self, connection: Connection) -> None:
        # Every word is bounded: a broker may be frozen, or read no more because its disk is full.
        connection.transport_options = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
        self._connection = connection
        self._channel: Any = None
        self._commands: set[str] = set()  # routing keys whose receiver is declared
        self._unconfirmed: set[int] = set()
        self._returned: list[str] = []

    def publish(self, messages: Sequence[Outgoing]) -> None:
        try:
            self._publish(messages)
        except (AMQPError, OperationalError, OSError) as error:
            self._forget()
            self._connection.collect()  # without the farewell, which such a broker would not answer
            raise Unavailable(f"broker: {error}") from error

    def close(self) -> None:
        self._forget()
        self._connection.close()

    def _forget(self) -> None:
        self._channel = None
        self._commands.clear()

    def _publish(self, messages: Sequence[Outgoing]) -> None:
        channel = self._channel or self._open()
        self._returned.clear()
        for message in messages:
            self._declare_receiver(channel, message)
            self._sent += 1
            self._unconfirmed.add(self._sent)
            exchange, key = ("", message.queue) if message.queue else (EXCHANGE.name, message.routing_key)
            channel.basic_publish(_amqp(message), exchange=exchange, routing_key=key, mandatory=True)
        self._wait_for_confirms()
        if self._returned:
            self.close()  # declare all again with the next try
            raise Unroutable(f"broker: no queue for {', '.join(sorted(set(self._returned)))}")

    def _open(self) -> Any:
        self._connection.ensure_connection(max_retries=1, timeout=TIMEOUT)
        channel = self._connection.channel()
        declare(channel)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_confirm)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._sent = 0
        self._unconfirmed.clear()
        self._channel = channel
        return channel

    def _declare_receiver(self, channel: Any, message: Outgoing) -> None:
        key = message.routing_key
        if key and key not in self._commands:
            declare_receiver(channel, message)
            self._commands.add(key)

    def _wait_for_confirms(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while self._unconfirmed:
            self._connection.drain_events(timeout=max(0.001, deadline - time.monotonic()))

    def _on_confirm(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {t for t in self._unconfirmed if t > tag}
        else:
            self._unconfirmed.discard(tag)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        raise OperationalError(f"the broker refused message {tag}: a queue is full or lost its quorum")

    def _on_return(self, _: Exception, __: str, routing_key: str, ___: Message) -> None:
        self._returned.append(routing_key)


def _amqp(message: Outgoing) -> Message:
    return Message(
        wire.body(message),
        content_type=wire.CONTENT_TYPE,
        content_encoding=wire.ENCODING,
        delivery_mode=_PERSISTENT,
        correlation_id=message.id,
        message_id=message.id,
        application_headers=wire.headers(message),
    )
