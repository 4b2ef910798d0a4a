"""Where messages go: one exchange, one queue for each service, major and lane. Both ends call this.

    exchange   mesh (topic)                  routing key  <owner>.<message>.v<major>[.<lane>]
    queues     <service>.v<major>[.<lane>]   what the service takes of that major
               <service>                     its private tasks (of the default lane)
               mesh.unrouted                 what no queue was bound for
               mesh.dead                     what RabbitMQ gave up by itself
               mesh.live                     who lives, on RabbitMQ: the leases of all processes

Names, arguments and bindings of a major never change: old and new builds declare the same things
at the same time, and a broker refuses a second opinion. What may change is a broker policy.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from kombu import Exchange, Queue, binding
from kombu.transport.native_delayed_delivery import (
    CELERY_DELAYED_DELIVERY_EXCHANGE,
    MAX_NUMBER_OF_BITS_TO_USE,
)

from contracts import Contract, UnknownContract, contract_of, versions_of

UNROUTED = "mesh.unrouted"
DEAD = "mesh.dead"
LIVE = "mesh.live"
LEASE = 15.0
"""Seconds for which a process that said nothing more still counts as live."""
EXCHANGE = Exchange("mesh", type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})

_BOUND = Exchange("mesh", type="topic", no_declare=True)
"""The same for those who bind: it is there already, and declaring it is a right that few need."""

_QUORUM = {"x-queue-type": "quorum"}
"""Quorum queues survive the loss of a node and count deliveries. Other brokers ignore arguments."""

_ARGUMENTS = {
    **_QUORUM,
    # RabbitMQ 4 drops after 20 returns what has no limit of its own, and every return counts, also of what
    # merely waited in a worker that died. The mesh buries poison after 18 (`worker.intake`); a policy may
    # lower this number and cannot raise it.
    "x-delivery-limit": 100,
    # What reaches the limit all the same is moved, not dropped, and stays where it is until it has arrived.
    # at-least-once is ignored by a queue that could drop what overflows; there is no length to overflow.
    "x-dead-letter-exchange": DEAD,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}
_PATIENT = {**_QUORUM, "x-delivery-limit": 1_000_000}
"""For what waits for a person, who may look at it often: every look is a return."""


DELAYED = Exchange(CELERY_DELAYED_DELIVERY_EXCHANGE, type="topic", no_declare=True)
"""Where RabbitMQ's delayed messages come out (`worker.delays`), under their keys with `DELAY` before them."""
DELAY = "*." * MAX_NUMBER_OF_BITS_TO_USE


def routing_key(name: str, major: int, lane: str | None = None) -> str:
    """The key that a message is published with."""
    return _dotted(name, f"v{major}", lane)


def queue_name(service: str, major: int, lane: str | None = None) -> str:
    """The queue of one service for one major."""
    return _dotted(service, f"v{major}", lane)


Laned = tuple[Contract, str | None]
"""A contract in one of its lanes; None is the default lane."""


def laned(contract: Contract) -> Iterator[Laned]:
    """A contract in each of its lanes, the default first."""
    return ((contract, lane) for lane in (None, *contract.lanes))


def queues(service: str, taken: Iterable[Laned]) -> list[Queue]:
    """The queues in which `service` takes these, with their bindings."""
    keyed = sorted(
        (queue_name(service, c.version, lane), routing_key(c.name, c.version, lane)) for c, lane in taken
    )
    return [
        _queue(name, [key for _, key in group]) for name, group in groupby(keyed, key=lambda pair: pair[0])
    ]


def receiver(command: Contract, lane: str | None = None) -> Queue:
    """The queue of a command's owner for one lane: the sender declares it, so that it may come up first."""
    return queues(command.owner, [(command, lane)])[0]


def command_queue(key: str) -> Queue:
    """The queue of a command that is known by its key alone."""
    return _keyed(owners_queue(key), key)


def owner(key: str) -> str:
    """The service that a routing key, or a message's name, begins with."""
    return key.partition(".")[0]


def name(key: str) -> str:
    """The message that is published with a routing key."""
    return ".".join(key.split(".")[:2])


def owners_queue(key: str) -> str:
    """The queue of that service, were it a command's key or a private one."""
    return _dotted(owner(key), key.partition(".")[2].partition(".")[2])


def private_queue(service: str) -> Queue:
    """The queue of a service's private tasks."""
    return _keyed(service, service)


def shared() -> list[Queue | Exchange]:
    """What belongs to nobody, in the order in which to declare it."""
    return [_kept(DEAD), _kept(UNROUTED), EXCHANGE]


def live() -> Queue:
    """Where RabbitMQ keeps the leases: each message is one, and ends with it."""
    alone = {"x-single-active-consumer": True}  # two that read at once would see half of them each
    ends = {"x-message-ttl": int(LEASE * 1000), "x-max-length": 10_000}
    return Queue(LIVE, durable=True, queue_arguments={**_PATIENT, **alone, **ends})


def laned_under(key: str) -> Laned | None:
    """What is published with a routing key, and in which lane; None: nothing that this build knows.

    The lane may be one that this build does not know: a newer one, whose sender found it in the contract, may
    have left the message in the outbox that this one relays.
    """
    owner, message, version, lane = (*key.split(".", 3), "", "", "", "")[:4]
    try:
        models = versions_of(f"{owner}.{message}").values()
    except UnknownContract:
        return None
    found = (c for c in map(contract_of, models) if f"v{c.version}" == version)
    return next(((contract, lane or None) for contract in found), None)


def contract_under(key: str) -> Contract | None:
    """The same, whatever the lane."""
    found = laned_under(key)
    return found and found[0]


def keys(queue: Queue) -> list[str]:
    """Under which keys of `EXCHANGE` a queue gets messages."""
    return sorted(b.routing_key for b in queue.bindings) or [queue.routing_key]


def _kept(name: str) -> Queue:
    """Keeps what reaches the exchange of its name, under whatever key."""
    exchange = Exchange(name, type="topic", durable=True)
    return Queue(name, exchange=exchange, routing_key="#", durable=True, queue_arguments=_PATIENT)


def _keyed(name: str, key: str) -> Queue:
    """A queue with one key, to which Celery can publish by itself."""
    return Queue(name, exchange=_BOUND, routing_key=key, durable=True, queue_arguments=_ARGUMENTS)


def _queue(name: str, keys: list[str]) -> Queue:
    bindings = [binding(_BOUND, routing_key=key) for key in keys]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=_ARGUMENTS)


def _dotted(*parts: str | None) -> str:
    return ".".join(filter(None, parts))
