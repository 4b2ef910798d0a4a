"""The file store: documents that are too large for messages, which carry a `contracts.files.File` instead.

    file = store.put(pieces, "text/csv", "sales.csv")       # the sender; then `file` goes into a message
    for piece in store.read(file): ...                      # whoever got it

A document is kept under the SHA-256 of its bytes. So to keep it again changes nothing, a handler that is
called twice leaves one file, and what is read is what was kept, or an error.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol
from urllib.parse import unquote, urlsplit

from contracts.files import File
from mesh.errors import Gone, Unavailable

PIECE = 256 * 1024
"""Bytes that are read at once."""


class FileStore(Protocol):
    """Where documents are kept."""

    def put(self, pieces: Iterable[bytes], media_type: str, name: str) -> File:
        """Keep a document: all of it, or nothing. Raises OSError: the disk is full, the share is away."""

    def read(self, file: File) -> Iterator[bytes]:
        """Its bytes, piece by piece. Raises Gone, Unavailable and OSError."""


def open_store(url: str) -> FileStore:
    """The store of that URL: file:///a/folder. It is looked at by each use, and made by the first `put`."""
    return Folder(Path(unquote(urlsplit(url).path)))


class Folder:
    """A folder, which all services see: one disk, or a share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, pieces: Iterable[bytes], media_type: str, name: str) -> File:
        digest, size = sha256(), 0
        self._root.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._root, prefix=".", delete=False) as file:
            try:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
                kept = self._path(digest.hexdigest())
                kept.parent.mkdir(exist_ok=True)
                Path(file.name).replace(kept)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(file.name).unlink()
                raise
        _settle(kept.parent)
        return File(digest=digest.hexdigest(), size=size, media_type=media_type, name=name)

    def read(self, file: File) -> Iterator[bytes]:
        digest = sha256()
        try:
            with self._path(file.digest).open("rb") as kept:
                while piece := kept.read(PIECE):
                    digest.update(piece)
                    yield piece
        except FileNotFoundError:
            if not self._root.is_dir():
                raise Unavailable(f"file store: there is no folder {self._root}") from None
            raise Gone(f"{file.name} ({file.digest}) is not in the file store any more") from None
        if digest.hexdigest() != file.digest:
            raise Gone(f"{file.name} ({file.digest}) is damaged in the file store")

    def _path(self, digest: str) -> Path:
        """In one of 256 folders: a folder of a million names is slow to list."""
        return self._root / digest[:2] / digest


def _settle(folder: Path) -> None:
    """Have the disk know what a folder holds: a name that was given a moment ago is lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
