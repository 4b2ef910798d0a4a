"""What one service is: the few things in which it differs from the next."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any, Generic, Literal, TypeVar

from contracts import Message, Producer, contract_of
from contracts.flow import Flow
from mesh.consumer import Consumer
from mesh.settings import Settings
from mesh.ticks import Ticks

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Service(Generic[S]):
    """One service, whole. Its `main.py` makes one, and each entry point is a function of it."""

    consumer: Consumer[Any]
    settings: type[S]
    wiring: Callable[[S], AbstractContextManager[Any]]
    """Opens what handlers need, once per process, after the fork; closes it at the end."""
    sends: tuple[type[Message], ...] = ()
    """All that it announces, and the commands that it gives, each in the versions that it writes."""
    flow: type[Flow] | None = None
    """The command by which it tells what its workers did, each minute in which they did something, as soon as
    anybody lives who takes it. None: they do not count."""
    pool: Literal["prefork", "threads"] = "prefork"
    """Children for work that computes, threads for work that waits."""
    concurrency: int = 1
    """Children or threads, where the environment does not say."""
    memory: int = 512
    """MiB for a child, where MEMORY_PER_CHILD does not say."""
    keeps_files: bool = False
    """Whether it lays documents into the file store: then its relay removes those that are older than
    FILES_KEPT."""
    ticks: Ticks[S] | None = None
    """What falls due in it, for its beats. None: it has none."""
    migrations: str = ""
    """The package of its alembic versions. Empty: `<name>.migrations`."""
    build: str = ""
    """Which build this is. Empty: the version of the distribution `meshwork-<name>`."""

    def __post_init__(self) -> None:
        """Raises TypeError, at import, for what could not work later."""
        for sent in map(contract_of, self.sends):
            if not sent.is_command and sent.owner != self.name:
                raise TypeError(f"{self.name} sends {sent}: an event is announced by its owner, {sent.owner}")
        if self.flow and self.flow not in self.sends:
            raise TypeError(f"{self.name} tells its flow by {contract_of(self.flow)}: add it to its sends=")

    @property
    def name(self) -> str:
        return self.consumer.service

    @property
    def migrated_by(self) -> str:
        """The package of its alembic versions."""
        return self.migrations or f"{self.name}.migrations"

    @cached_property
    def producer(self) -> Producer:
        """Who its processes are: the service, and which build of it."""
        return Producer(service=self.name, build=self.build or version(f"meshwork-{self.name}"))
