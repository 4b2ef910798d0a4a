"""The manifest: what one build of a service takes and sends, for whoever judges it without running it.

A package carries it as `manifest.json`, written by `make manifests`; a process announces it in its lease.
"""

from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from contracts import Contract, contract_of, contracts, versions_of
from contracts.changes import Order
from contracts.errors import Refused, explain
from contracts.schemas import Schema
from contracts.verdicts import Pair
from mesh import topology
from mesh.service import Service

FILE = "manifest.json"
_READS_OLD = (Order.ANY, Order.CONSUMERS)


class Entry(BaseModel):
    """A message in one version, as a build writes and reads it."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    lanes: tuple[str, ...] = ()
    writer: Schema
    reader: Schema

    @property
    def pair(self) -> Pair:
        return Pair(self.writer, self.reader)

    def queues(self, service: str) -> list[str]:
        """Where `service` takes it."""
        return [topology.queue_name(service, self.version, lane) for lane in (None, *self.lanes)]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Taken(Entry):
    """What a build takes."""

    unread: tuple[str, ...] = ()
    """Released revisions of this version of which not every message is known to be read: none of theirs may
    be under way any more. Only in a package's file."""


class Manifest(BaseModel):
    """One build of one service."""

    model_config = ConfigDict(frozen=True)

    service: str
    build: str
    takes: tuple[Taken, ...]
    sends: tuple[Entry, ...]
    database: tuple[str, ...] = ()
    """The migrations that its database has, the newest of each branch; only in a package's file."""

    @classmethod
    def of(cls, service: Service[Any]) -> "Manifest":
        """Of the code that runs here."""
        handled = sorted(service.consumer.handlers)
        taken = (contract_of(model) for name in handled for model in versions_of(name).values())
        sent = sorted(map(contract_of, service.sends), key=lambda c: (c.name, c.version))
        return cls(
            service=service.name,
            build=service.producer.build,
            takes=tuple(Taken(**_known(c)) for c in taken),
            sends=tuple(Entry(**_known(c)) for c in sent),
        )

    def taken(self, name: str, version: int) -> Taken | None:
        """That message, if it takes it."""
        return next((t for t in self.takes if (t.name, t.version) == (name, version)), None)

    def sent(self, name: str, version: int) -> Entry | None:
        """That message, if it sends it."""
        return next((s for s in self.sends if (s.name, s.version) == (name, version)), None)

    def __str__(self) -> str:
        return f"{self.service} {self.build}"


def shipped(service: str) -> Manifest:
    """The one in an installed package. Raises Refused."""
    try:
        return read((files(service) / FILE).read_bytes(), f"the installed package {service}")
    except (OSError, ModuleNotFoundError) as error:
        raise Refused(f"the installed package {service} has no {FILE}: {error}") from None


def read(document: bytes, where: str) -> Manifest:
    """From a file. Raises Refused for a damaged one."""
    try:
        return Manifest.model_validate_json(document)
    except ValidationError as error:
        raise Refused(f"{where}: its {FILE} is damaged: {explain(error)}; write it anew") from None


def anew(service: Service[Any]) -> Manifest:
    """Of the code that runs here, with what only a checkout knows: for the file in the package."""
    from contracts.release import verdicts  # neither is needed by any process of a service
    from mesh.migrate import heads

    unread = {
        str(contract): tuple(str(v.revision) for v in verdicts(contract) if v.order not in _READS_OLD)
        for contract in contracts()
    }
    found = Manifest.of(service)
    takes = (taken.model_copy(update={"unread": unread[str(taken)]}) for taken in found.takes)
    return found.model_copy(update={"takes": tuple(takes), "database": heads(service.migrated_by)})


def _known(contract: Contract) -> dict[str, Any]:
    said = {"name": contract.name, "version": contract.version, "lanes": contract.lanes}
    return said | Pair.of(contract.model)._asdict()
