"""Getting a batch of messages onto the broker, with its confirmation for every one of them."""

from collections.abc import Sequence
from typing import Any, Protocol

from kombu import Connection

from contracts import Contract, UnknownContract, contract_of, versions_of
from mesh import streams, topology
from mesh.outbox import Outgoing

TIMEOUT = 5.0
"""Seconds that any one word with the broker may take: a frozen broker must not freeze a sender."""


class Publisher(Protocol):
    """One connection to one kind of broker."""

    def publish(self, messages: Sequence[Outgoing]) -> None:
        """Return when the broker has confirmed every message; raise mesh.Unavailable otherwise.

        What was published before the error is published again with the next try: at least once.
        """

    def close(self) -> None:
        """Give the connection up."""


def connect(url: str) -> Publisher:
    """The publisher for a broker's URL: `streams+redis[s]://…` or `amqp[s]://…`."""
    from mesh.amqp import AmqpPublisher
    from mesh.streams.publisher import StreamsPublisher

    streams.register()
    connection = Connection(url, connect_timeout=TIMEOUT, transport_options=transport_options())
    return StreamsPublisher(connection) if url.startswith("streams+") else AmqpPublisher(connection)


def transport_options() -> dict[str, Any]:
    """What bounds the waiting of kombu's Redis connections, which by default wait for ever."""
    return {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "socket_keepalive": True}


def declare(channel: Any) -> None:
    """The parts of the topology that belong to nobody: the exchange, and the queue of the unrouted."""
    topology.unrouted()(channel).declare()
    topology.EXCHANGE(channel).declare()


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
