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

import delays
from kombu import Exchange, Queue

from contracts import Contract, contracts
from mesh import Consumer, topology

HERE = Path(__file__).parent
SERVICES = sorted(folder.name for folder in (HERE.parents[1] / "services").iterdir())
PLACE = {"vhost": "/"}
DELAYED = topology.DELAYED.name
ADMIN = {"user": "admin", **PLACE, "configure": ".*", "write": ".*", "read": ".*"}


def definitions(consumers: Iterable[Consumer[Any]]) -> dict[str, list[dict[str, Any]]]:
    """As RabbitMQ imports them, but for the users: those have passwords."""
    consumers = list(consumers)
    parts = topology.shared()
    queues = [p for p in parts if isinstance(p, Queue)] + [q for c in consumers for q in _queues(c)]
    exchanges = [p if isinstance(p, Exchange) else p.exchange for p in parts]
    owners = {c.service for c in consumers}
    consumed = [q for c in consumers for q in _queues(c)]
    commands = [c for c in _known() if c.is_command and c.owner in owners]
    return {
        "exchanges": [_exchange(e) for e in [*exchanges, *delays.exchanges()]],
        "queues": [_queue(q) for q in [*queues, topology.live(), *delays.queues()]],
        "bindings": [*(b for q in queues for b in _bindings(q)), *delays.bindings(consumed)],
        "permissions": [*(_permission(c.service) for c in consumers), ADMIN],
        "topic_permissions": [p for c in consumers for p in _topic_permissions(c, commands)],
    }


def text(document: dict[str, list[dict[str, Any]]]) -> str:
    """One line for each thing, so that a change is a line. deploy/secrets skips the first."""
    lists = (f' "{name}": [\n  {_lines(things)}\n ]' for name, things in document.items())
    return "{\n" + ",\n".join(lists) + "\n}\n"


def _lines(things: list[dict[str, Any]]) -> str:
    return ",\n  ".join(map(json.dumps, things))


def _known() -> list[Contract]:
    """In an order that does not depend on which service was imported first."""
    return sorted(contracts(), key=str)


def _queues(consumer: Consumer[Any]) -> list[Queue]:
    """What it takes, and each command to it, also one that its build does not handle yet, in every lane."""
    taken = {pair for handler in consumer.handlers.values() for pair in handler.taken()}
    commands = (c for c in _known() if c.owner == consumer.service and c.is_command)
    owned = {pair for command in commands for pair in topology.laned(command)}
    return [*topology.queues(consumer.service, taken | owned), topology.private_queue(consumer.service)]


def _permission(service: str) -> dict[str, str]:
    """Its own queues and exchanges (a worker is called <service>-<number>@<host>), and the way to others."""
    own = f"{service}([.@-].*)?|.*[.]{service}[.]control[.]pidbox"
    write = f"{own}|mesh|mesh[.]dead|amq[.]default|{delays.ENTRY}"
    may = {"configure": own, "write": write, "read": f"{own}|mesh|mesh[.]live|{DELAYED}"}
    return {"user": service, **PLACE} | {verb: f"^({names})$" for verb, names in may.items()}


def _topic_permissions(consumer: Consumer[Any], commands: Iterable[Contract]) -> list[dict[str, str]]:
    """Writing: what it owns, and commands to others. Reading, which is binding a queue: what it takes.
    The same with a delay."""
    foreign = (pair for c in commands if c.owner != consumer.service for pair in topology.laned(c))
    others = [topology.routing_key(c.name, c.version, lane) for c, lane in foreign]
    sent = "|".join([f"{consumer.service}([.].*)?", *map(_literal, others)])
    taken = "|".join(_literal(key) for queue in _queues(consumer) for key in topology.keys(queue))
    return [
        _may(consumer.service, topology.EXCHANGE.name, f"^({sent})$", f"^({taken})$"),
        _may(consumer.service, delays.ENTRY, f"^([01][.]){{28}}({sent})$", "^$"),
        _may(consumer.service, DELAYED, "^$", f"^([*][.]){{28}}({taken})$"),
    ]


def _may(user: str, exchange: str, write: str, read: str) -> dict[str, str]:
    return {"user": user, **PLACE, "exchange": exchange, "write": write, "read": read}


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
    source = (queue.exchange or topology.EXCHANGE).name
    to = {"destination": queue.name, "destination_type": "queue", "arguments": {}}
    return [{"source": source, **PLACE, **to, "routing_key": key} for key in topology.keys(queue)]


if __name__ == "__main__":
    found = [import_module(f"{name}.tasks").consumer for name in SERVICES]
    sys.stdout.write(text(definitions(found)))
