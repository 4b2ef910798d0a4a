"""Where messages go: one exchange, one queue for each service and major. Both ends call this.

    exchange   mesh (topic)                  routing key  <owner>.<message>.v<major>[.<lane>]
    queues     <service>.v<major>[.<lane>]   what the service takes of that major
               <service>                     its private tasks
               mesh.unrouted                 what no queue was bound for

Names, arguments and bindings of a major never change: old and new builds declare the same things
at the same time, and a broker refuses a second opinion. What may change is a broker policy.
"""

from collections.abc import Iterable
from itertools import groupby

from kombu import Exchange, Queue, binding

from contracts import Contract

UNROUTED = "mesh.unrouted"
EXCHANGE = Exchange("mesh", type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})

_ARGUMENTS = {"x-queue-type": "quorum"}
"""Quorum queues survive the loss of a node and count deliveries. Other brokers ignore it."""


def routing_key(name: str, major: int, lane: str | None = None) -> str:
    """The key that a message is published with."""
    return _dotted(name, f"v{major}", lane)


def queue_name(service: str, major: int, lane: str | None = None) -> str:
    """The queue of one service for one major."""
    return _dotted(service, f"v{major}", lane)


def queues(service: str, taken: Iterable[tuple[Contract, str | None]]) -> list[Queue]:
    """The queues in which `service` takes these contracts, each in its lane, with their bindings."""
    keyed = sorted(
        (queue_name(service, c.version, lane), routing_key(c.name, c.version, lane)) for c, lane in taken
    )
    return [
        _queue(name, [key for _, key in group]) for name, group in groupby(keyed, key=lambda pair: pair[0])
    ]


def receiver(command: Contract, lane: str | None = None) -> Queue:
    """The queue of a command's owner: the sender declares it, so that it may come up first."""
    return queues(command.owner, [(command, lane)])[0]


def command_queue(name: str, version: int) -> Queue:
    """The queue of a command that is known by name alone, as a canvas has it."""
    queue = queue_name(name.partition(".")[0], version)
    return _bound(queue, routing_key(name, version))


def private_queue(service: str) -> Queue:
    """The queue of a service's private tasks."""
    return _bound(service, service)


def unrouted() -> Queue:
    """Keeps what no queue was bound for, instead of losing it."""
    exchange = Exchange(UNROUTED, type="topic", durable=True)
    return Queue(UNROUTED, exchange=exchange, routing_key="#", durable=True, queue_arguments=_ARGUMENTS)


def _bound(name: str, key: str) -> Queue:
    """A queue with one key, to which Celery can publish by itself."""
    return Queue(name, exchange=EXCHANGE, routing_key=key, durable=True, queue_arguments=_ARGUMENTS)


def _queue(name: str, keys: list[str]) -> Queue:
    bindings = [binding(EXCHANGE, routing_key=key) for key in keys]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=_ARGUMENTS)


def _dotted(*parts: str | None) -> str:
    return ".".join(filter(None, parts))
