"""What is said of two states of one version."""

from enum import IntEnum
from typing import NamedTuple

from contracts.schemas import Schema


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
