"""What a file store does, wherever it keeps its documents."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from contracts.files import File

PIECE = 256 * 1024
"""Bytes that are read from a folder at once."""


class Removed(NamedTuple):
    """What is not kept any more."""

    files: int = 0
    bytes: int = 0

    def and_(self, more: "Removed") -> "Removed":
        return Removed(self.files + more.files, self.bytes + more.bytes)


class FileStore(Protocol):
    """Where documents are kept."""

    def put(self, pieces: Iterable[bytes], media_type: str, name: str) -> File:
        """Keep a document: all of it, or nothing. One that is kept already counts as new.

        Raises Unavailable: the disk is full, the share is away, we may not write. And what `pieces` raise.
        """

    def read(self, file: File) -> Iterator[bytes]:
        """Its bytes, piece by piece; only its end says that all of them were right.

        Raises Gone, where it was removed or damaged, and Unavailable.
        """

    def prune(self, before: datetime) -> Iterator[Removed]:
        """Remove what was last kept before then, and what writes that died have left.

        Part by part, so that whoever calls it may rest in between. Raises Unavailable.
        """
