"""What is said of two states of one version."""

from enum import IntEnum
from typing import NamedTuple

from contracts.message import Value
from contracts.schemas import Schema, reader, writer


class Verdict(IntEnum):
    """The larger the worse."""

    SAFE = 0
    UNPROVABLE = 1
    BREAKS = 2

    def __str__(self) -> str:
        return self.name.lower()


class Problem(NamedTuple):
    """Why a document may not be read as it was written."""

    path: str
    verdict: Verdict
    why: str


class Pair(NamedTuple):
    """One state of one version: what it writes, what it reads."""

    writer: Schema
    reader: Schema

    @classmethod
    def of(cls, model: type[Value]) -> "Pair":
        """As this build has it."""
        return cls(writer(model), reader(model))
