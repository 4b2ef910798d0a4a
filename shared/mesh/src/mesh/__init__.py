"""The runtime of the mesh: what a service needs to send messages and to handle them.

A message in:   consumer.py -> worker/ -> delivery/ (inbox.py, effect.py, deadletters.py)
A message out:  outbox.py (bulk.py) -> relay.py -> publisher.py (broker.py, streams/, rabbitmq/)
A service:      service.py, settings.py, cli.py, log.py, health.py, database.py, migrate.py
Where it goes:  topology.py, wire.py
Beside it:      files.py, for what is too large for a message
Who lives:      announcer.py -> leases.py (streams/, rabbitmq/), manifest.py; upkeep.py, operating/
"""

from mesh.consumer import Consumer
from mesh.database import AsyncDatabase, AsyncTx, Database, Tx
from mesh.effect import Effect
from mesh.errors import MeshError, Reject, Retry, Unavailable
from mesh.handler import Failure
from mesh.service import Service
from mesh.settings import Settings

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
