"""What both ends say to a broker: how long to wait for its answers, and what to declare there."""

from collections.abc import Iterable
from typing import Any

from amqp.exceptions import AMQPError
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from contracts import Contract, UnknownContract, contract_of, versions_of
from mesh import streams, topology
from mesh.errors import Unavailable
from mesh.outbox import Outgoing

_ERRORS = (AMQPError, OperationalError, RedisError)
TIMEOUT = 5.0
"""Seconds that any one word with the broker may take: a frozen broker must not freeze a sender."""


def transport_options() -> dict[str, Any]:
    """What bounds the waiting of kombu's Redis connections, which by default wait for ever."""
    return {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "socket_keepalive": True}


def declare(channel: Any) -> None:
    """The parts of the topology that belong to nobody: the exchange, and the queue of the unrouted."""
    topology.unrouted()(channel).declare()
    topology.EXCHANGE(channel).declare()


def declare_queues(url: str, queues: Iterable[Queue]) -> None:
    """Declare a service's queues, before any of its workers was ever there. Raises Unavailable."""
    streams.register()
    try:
        with Connection(url, connect_timeout=TIMEOUT, transport_options=transport_options()) as connection:
            connection.ensure_connection(max_retries=1, timeout=TIMEOUT)
            declare(connection.default_channel)
            for queue in queues:
                queue(connection.default_channel).declare()
    except (*_ERRORS, OSError) as error:
        raise Unavailable(f"broker: {error}") from error


def declare_receiver(channel: Any, message: Outgoing) -> bool:
    """Declare the queue of a command's owner. False: it is no command that this build knows."""
    contract = _contract(message)
    if contract is None or not contract.is_command:
        return False
    topology.receiver(contract)(channel).declare()
    return True


def _contract(message: Outgoing) -> Contract | None:
    try:
        models = versions_of(message.name).values()
    except UnknownContract:
        return None
    found = (contract_of(model) for model in models)
    return next((c for c in found if topology.routing_key(c.name, c.version) == message.routing_key), None)
