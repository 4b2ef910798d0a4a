"""What both ends say to a broker: how long to wait for its answers, and what to declare there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import amqp
from amqp.exceptions import AccessRefused, AMQPError
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from mesh import context, rabbitmq, sqs, streams, topology
from mesh.errors import Unavailable
from mesh.outbox import Outgoing

TIMEOUT = 5.0
"""Seconds that any one word with the broker may take: a frozen broker must not freeze a sender."""


def register() -> None:
    """Let kombu know the transports of ours."""
    rabbitmq.register()
    streams.register()
    sqs.register()


def for_kombu(url: str) -> tuple[str, dict[str, Any]]:
    """A broker's URL as kombu takes it, and its transport options. Raises RefusedAtStart."""
    return sqs.split(url, TIMEOUT) if url.startswith(sqs.SCHEME) else (url, transport_options())


def connection(url: str) -> Connection:
    """A connection that is not open yet."""
    register()
    address, options = for_kombu(url)
    return Connection(address, connect_timeout=TIMEOUT, transport_options=options)


def transport_options() -> dict[str, Any]:
    """What bounds the waiting of kombu's Redis connections, which by default wait for ever; for what an event
    loop reads, for the best part of a minute."""
    return {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "socket_keepalive": True,
        "health_check_interval": TIMEOUT,
    }


def declare(channel: Any) -> None:
    """The parts of the topology that belong to nobody: what everybody else's parts stand on."""
    with _as_far_as_permitted(channel) as permitted:
        for part in topology.shared():
            part(permitted).declare()


def declare_queues(url: str, queues: Iterable[Queue], others: Iterable[Queue] = ()) -> None:
    """Declare a service's queues, before any of its workers was ever there; those of others as far as it may.

    Raises Unavailable.
    """
    with opened(url) as connection:
        declare(connection.default_channel)
        for queue in queues:
            queue(connection.default_channel).declare()
        for queue in others:
            with _as_far_as_permitted(connection.default_channel) as permitted:
                queue(permitted).declare()


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection for as long. Raises Unavailable for all that may be wrong with it."""
    found = connection(url)
    try:
        with found:
            found.ensure_connection(max_retries=1, timeout=TIMEOUT)
            yield found
    except _errors(url, found) as error:
        raise Unavailable(f"broker: {error}") from error


def _errors(url: str, connection: Connection) -> tuple[type[Exception], ...]:
    known = (AMQPError, OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)
    if not url.startswith("streams+"):
        return known
    from redis.exceptions import RedisError  # a tenth of a second to import: RabbitMQ's processes do without

    return (*known, RedisError)


def declare_receiver(channel: Any, message: Outgoing) -> bool:
    """Declare the queue of a command's owner, in its lane. False: it is no command."""
    queue = _receiver(message.routing_key or "")
    if queue is None:
        return False
    with _as_far_as_permitted(channel) as permitted:
        queue(permitted).declare()
    return True


def _receiver(key: str) -> Queue | None:
    """Where a command goes; None: it is an event, or it cannot be known."""
    contract, lane = topology.laned_under(key) or (None, None)
    if contract:
        return topology.receiver(contract, lane) if contract.is_command else None
    # A newer build left it in the outbox that this one relays. An event is announced by its owner: of another
    # service it is a command.
    foreign = key and topology.owner(key) != context.producer().service
    return topology.command_queue(key) if foreign else None


def is_missing(error: Exception) -> bool:
    """Whether there is no such queue. Who may not look must not take it for empty."""
    return str(getattr(error, "code", None) or getattr(error, "reply_code", None)) == "404"


@contextmanager
def _as_far_as_permitted(channel: Any) -> Iterator[Any]:
    """A channel to declare with what may have been declared by somebody with more rights.

    RabbitMQ closes the channel of whom it refuses: the attempt has one of its own.
    """
    if not isinstance(channel, amqp.Channel):
        yield channel
        return
    with suppress(AccessRefused), channel.connection.channel() as attempt:
        yield attempt
