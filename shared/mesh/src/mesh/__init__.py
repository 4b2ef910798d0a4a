"""The runtime of the mesh: what a service needs to send messages and to handle them.

A message in:   consumer.py -> worker/ -> delivery/ (inbox.py, effect.py, deadletters.py)
A message out:  outbox.py (bulk.py) -> relay.py -> publisher.py (broker.py, streams/, rabbitmq/)
A service:      service.py, settings.py, entry.py, cli.py, log.py, health.py, database.py, migrate.py
Where it goes:  topology.py, wire.py
Beside it:      files/, for what is too large for a message; breaker.py, for whom we ask
What falls due: ticks.py, recurrence.py -> beat/
Who lives:      announcer.py -> leases.py (streams/, rabbitmq/), manifest.py; upkeep.py, operating/
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh.consumer import Consumer
    from mesh.database import AsyncDatabase, AsyncTx, Database, Tx
    from mesh.effect import Effect
    from mesh.errors import MeshError, Reject, Retry, Unavailable
    from mesh.handler import Failure
    from mesh.service import Service
    from mesh.settings import Settings
else:
    # What imports one module of the mesh does not load them all: a health check needs none but its own.
    _MODULES = {
        "consumer": ("Consumer",),
        "database": ("AsyncDatabase", "AsyncTx", "Database", "Tx"),
        "effect": ("Effect",),
        "errors": ("MeshError", "Reject", "Retry", "Unavailable"),
        "handler": ("Failure",),
        "service": ("Service",),
        "settings": ("Settings",),
    }
    _HOME = {name: module for module, names in _MODULES.items() for name in names}

    def __getattr__(name):  # noqa: ANN001, ANN202 types are above: to mypy, a module with one has every name
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        globals()[name] = found = getattr(import_module(f"mesh.{_HOME[name]}"), name)
        return found


__all__ = [
    "AsyncDatabase",
    "AsyncTx",
    "Consumer",
    "Database",
    "Effect",
    "Failure",
    "MeshError",
    "Reject",
    "Retry",
    "Service",
    "Settings",
    "Tx",
    "Unavailable",
]
