"""What both ends say to a broker: how long to wait for its answers, and what to declare there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import amqp
from amqp.exceptions import AccessRefused, AMQPError
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from mesh import rabbitmq, sqs, streams, topology
from mesh.errors import Unavailable
from mesh.outbox import Outgoing

ERRORS = (AMQPError, OperationalError, RedisError)
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


def declare_queues(url: str, queues: Iterable[Queue]) -> None:
    """Declare a service's queues, before any of its workers was ever there. Raises Unavailable."""
    opened = connection(url)
    try:
        with opened:
            opened.ensure_connection(max_retries=1, timeout=TIMEOUT)
            declare(opened.default_channel)
            for queue in queues:
                queue(opened.default_channel).declare()
    except (*ERRORS, *opened.connection_errors, OSError) as error:
        raise Unavailable(f"broker: {error}") from error


def declare_receiver(channel: Any, message: Outgoing) -> bool:
    """Declare the queue of a command's owner, in its lane. False: it is no command that this build knows."""
    contract, lane = topology.laned_under(message.routing_key or "") or (None, None)
    if contract is None or not contract.is_command:
        return False
    with _as_far_as_permitted(channel) as permitted:
        topology.receiver(contract, lane)(permitted).declare()
    return True


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
