"""What falls due in a service, as its own database has it: what a beat needs to know of it.

The database is the truth. A beat asks it what is next, and has it fire what is due: what is to be sent is put
into the outbox in the transaction that moves the schedule on, so that no time is lost or fired twice, however
many beats there are and whenever one dies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from contracts import Command
from mesh.database import Tx
from mesh.settings import Settings

S = TypeVar("S", bound=Settings)


class Due(NamedTuple):
    """What falls due next of a schedule."""

    at: datetime
    command: type[Command]
    """What is sent then: tools show it."""


@dataclass(frozen=True)
class Ticks(Generic[S]):
    """Each function gets a transaction and leaves the commit to its caller."""

    upcoming: Callable[[Tx], Mapping[UUID, Due]]
    """Of each schedule. What does not fall due any more is left out."""
    fire: Callable[[Tx, UUID, datetime], datetime | None]
    """Have one send what is due at that time, if anything is, and tell when it falls due next. Two may ask at
    once: the second one waits, and finds nothing due."""
    begin: Callable[[Tx, S], None]
    """What is to be there before anything falls due. Called by each beat that goes to work."""
    channel: str
    """The PostgreSQL channel on which it is told that a schedule has changed."""
