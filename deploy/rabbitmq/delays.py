"""Celery's queues for delays on RabbitMQ, as an operator makes them beforehand.

kombu declares the same in `kombu.transport.native_delayed_delivery`. Level n holds a message for 2^n seconds
if that bit of its delay is set, and else passes it on to the next lower one.
"""

from collections.abc import Iterable
from typing import Any

from kombu import Exchange, Queue
from kombu.transport.native_delayed_delivery import MAX_LEVEL, level_name

from mesh import topology

LEVELS = range(MAX_LEVEL, -1, -1)
ENTRY = str(level_name(MAX_LEVEL))
"""The exchange that delayed messages are published to."""


def exchanges() -> list[Exchange]:
    """One for each level, and the one where messages come out."""
    levels = [Exchange(level_name(level), type="topic") for level in LEVELS]
    return [*levels, topology.DELAYED]


def queues() -> list[Queue]:
    """One for each level, where nobody consumes."""
    return [Queue(level_name(level), queue_arguments=_arguments(level)) for level in LEVELS]


def bindings(consumed: Iterable[Queue]) -> list[dict[str, Any]]:
    """From level to level, and out to the queues of services."""
    down = [_binding(level_name(n), _next(n), "exchange", _bits(n) + "0.#") for n in LEVELS]
    into = [_binding(level_name(n), level_name(n), "queue", _bits(n) + "1.#") for n in LEVELS]
    out = [
        _binding(topology.DELAYED.name, queue.name, "queue", topology.DELAY + key)
        for queue in consumed
        for key in topology.keys(queue)
    ]
    return [*down, *into, *out]


def _arguments(level: int) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-message-ttl": 2**level * 1000,
        "x-dead-letter-exchange": _next(level),
        "x-dead-letter-strategy": "at-least-once",
    }


def _next(level: int) -> str:
    return str(level_name(level - 1) if level else topology.DELAYED.name)


def _bits(level: int) -> str:
    return "*." * int(MAX_LEVEL - level)


def _binding(source: str, destination: str, kind: str, key: str) -> dict[str, Any]:
    to = {"destination": destination, "destination_type": kind, "arguments": {}}
    return {"source": source, "vhost": "/", **to, "routing_key": key}
