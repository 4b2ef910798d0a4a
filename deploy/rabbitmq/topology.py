"""Writes what RabbitMQ's operator makes for the services, as their code wants it: `make topology`.

Queues and bindings that are there before anybody connects lose no event to `mesh.unrouted`, and spare the
services the right to declare what is not theirs. What each user may do follows from the same code.
"""

import json
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from kombu import Exchange, Queue

from contracts import Contract, contracts
from mesh import Consumer, topology

HERE = Path(__file__).parent
SERVICES = sorted(folder.name for folder in (HERE.parents[1] / "services").iterdir())
PLACE = {"vhost": "/"}
ADMIN = {"user": "admin", **PLACE, "configure": ".*", "write": ".*", "read": ".*"}


def definitions(consumers: Iterable[Consumer[Any]]) -> dict[str, list[dict[str, Any]]]:
    """As RabbitMQ imports them, but for the users: those have passwords."""
    consumers = list(consumers)
    parts = topology.shared()
    queues = [p for p in parts if isinstance(p, Queue)] + [q for c in consumers for q in _queues(c)]
    exchanges = [p if isinstance(p, Exchange) else p.exchange for p in parts]
    owners = {c.service for c in consumers}
    commands = [c for c in contracts() if c.is_command and c.owner in owners]
    return {
        "exchanges": [_exchange(e) for e in exchanges],
        "queues": [_queue(q) for q in queues],
        "bindings": [b for q in queues for b in _bindings(q)],
        "permissions": [*(_permission(c.service) for c in consumers), ADMIN],
        "topic_permissions": [_topic_permission(c, commands) for c in consumers],
    }


def text(document: dict[str, list[dict[str, Any]]]) -> str:
    """One line for each thing, so that a change is a line. deploy/secrets skips the first."""
    lists = (f' "{name}": [\n  {_lines(things)}\n ]' for name, things in document.items())
    return "{\n" + ",\n".join(lists) + "\n}\n"


def _lines(things: list[dict[str, Any]]) -> str:
    return ",\n  ".join(map(json.dumps, things))


def _queues(consumer: Consumer[Any]) -> list[Queue]:
    """What it takes, and each command to it, also one that its build does not handle yet."""
    taken = [pair for handler in consumer.handlers.values() for pair in handler.taken()]
    known = {contract for contract, _ in taken}
    owned = [c for c in contracts() if c.owner == consumer.service and c.is_command and c not in known]
    return topology.queues(consumer.service, [*taken, *((contract, None) for contract in owned)])


def _permission(service: str) -> dict[str, str]:
    """Its own queues and exchanges (a worker is called <service>-<number>@<host>), and the way to others."""
    own = f"{service}([.@-].*)?|.*[.]{service}[.]control[.]pidbox"
    may = {"configure": own, "write": f"{own}|mesh|mesh[.]dead|amq[.]default", "read": f"{own}|mesh"}
    return {"user": service, **PLACE} | {verb: f"^({names})$" for verb, names in may.items()}


def _topic_permission(consumer: Consumer[Any], commands: Iterable[Contract]) -> dict[str, str]:
    """Writing: what it owns, and commands to others. Reading, which is binding a queue: what it takes."""
    others = [topology.routing_key(c.name, c.version) for c in commands if c.owner != consumer.service]
    sent = [f"{consumer.service}[.].*", *map(_literal, others)]
    taken = [_literal(b["routing_key"]) for q in _queues(consumer) for b in _bindings(q)]
    may = {"write": "|".join(sent), "read": "|".join(taken)}
    where = {"user": consumer.service, **PLACE, "exchange": topology.EXCHANGE.name}
    return where | {verb: f"^({keys})$" for verb, keys in may.items()}


def _literal(key: str) -> str:
    return key.replace(".", "[.]")


def _exchange(exchange: Exchange) -> dict[str, Any]:
    kind = {"type": exchange.type, "durable": True, "auto_delete": False, "internal": False}
    return {"name": exchange.name, **PLACE, **kind, "arguments": exchange.arguments or {}}


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        **PLACE,
        "durable": True,
        "auto_delete": False,
        "arguments": queue.queue_arguments,
    }


def _bindings(queue: Queue) -> list[dict[str, Any]]:
    bound = [(b.exchange.name, b.routing_key) for b in queue.bindings] or [(queue.exchange.name, "")]
    to = {"destination": queue.name, "destination_type": "queue", "arguments": {}}
    return [{"source": source, **PLACE, **to, "routing_key": key} for source, key in sorted(bound)]


if __name__ == "__main__":
    found = [import_module(f"{name}.tasks").consumer for name in SERVICES]
    sys.stdout.write(text(definitions(found)))
