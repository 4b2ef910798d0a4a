"""Leases: every process says who it is, on the broker, as long as it lives.

Renewed every few seconds and forgotten by the broker after `topology.LEASE`: a process that died, hangs or is
cut off is not live any more.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from typing import Literal, Protocol

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from contracts import Refused
from mesh import broker, sqs
from mesh.backlog import Backlog
from mesh.health import State
from mesh.manifest import Manifest
from mesh.rabbitmq.leases import AmqpLeases

log = structlog.get_logger(__name__)

Role = Literal["api", "worker", "relay", "beat"]


class Live(BaseModel):
    """One process, as it last said."""

    model_config = ConfigDict(frozen=True)

    instance: str
    number: int = 0
    """Of all that this process said, which this is."""
    role: Role
    state: State
    needs: str = ""
    """What it waits for, where it waits."""
    since: AwareDatetime
    manifest: Manifest
    queues: tuple[str, ...] = ()
    """What a worker takes its messages from."""
    taken: dict[str, dict[str, int]] = {}
    """Messages that a worker was given so far, by queue and name; those that it has no handler for as ``."""
    held: dict[str, int] = {}
    """Those of them that it has not settled yet, where the broker does not count them as in the queue."""
    backlog: Backlog | None = None
    """What a relay counted in its service's database."""

    def takes(self, queue: str, name: str, version: int) -> bool:
        """Whether a message in that queue may reach it, and would be understood by name and version."""
        reached = queue in self.queues and self.state != "stopping"
        return reached and self.manifest.taken(name, version) is not None


class Leases(Protocol):
    """Those of one broker. Each method raises mesh.Unavailable."""

    def renew(self, instance: str, document: bytes) -> None:
        """For another `topology.LEASE` seconds."""

    def end(self, instance: str) -> None:
        """This process goes."""

    def all(self) -> Sequence[bytes]:
        """What each live process said last."""

    def close(self) -> None:
        """Give the connection up."""


def connect(url: str) -> Leases | None:
    """The leases of a broker. None: it keeps none."""
    if url.startswith(sqs.SCHEME):
        return None
    connection = broker.connection(url)
    if url.startswith("streams+"):
        from mesh.streams.leases import StreamsLeases  # needs redis-py, slow to import

        return StreamsLeases(connection)
    return AmqpLeases(connection)


def live(leases: Leases, *, refuse_unreadable: bool = False) -> list[Live]:
    """Every process that lives, by service, role and age. Raises Unavailable.

    What cannot be read is logged, or Refused: a newer build may announce itself in words that this one does
    not know.
    """
    found = []
    for document in leases.all():
        try:
            found.append(Live.model_validate_json(document))
        except ValidationError as error:
            if refuse_unreadable:
                told = "a live process says who it is in words unknown here: ask with the `mesh` of its build"
                raise Refused(f"{told}: {document[:200]!r}") from None
            log.warning("lease.unreadable", error=str(error)[:200], lease=document[:200])
    return sorted(found, key=lambda process: (process.manifest.service, process.role, process.since))


def read(url: str, *, refuse_unreadable: bool = False) -> list[Live]:
    """The same for whoever looks once. Raises Refused for a broker that keeps none, Unavailable."""
    leases = connect(url)
    if leases is None:
        raise Refused("this broker keeps no leases: nobody can say who lives")
    try:
        return live(leases, refuse_unreadable=refuse_unreadable)
    finally:
        leases.close()


def instance() -> str:
    """A name that nobody else has, from which an operator sees where the process runs."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
