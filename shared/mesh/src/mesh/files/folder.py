"""A folder as a file store, which all services see: one disk, or a share.

ab/abcd…        a document, under its digest: in one of 256 folders, a million names are slow to list
.k3x9_q2a       one that is being written; it gets its name when all of it is on the disk
ab/.abcd….k3x9  one that is being removed
"""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from uuid import uuid4

from contracts.files import File
from mesh.errors import Gone, Unavailable
from mesh.files.store import PIECE, Removed

_UNFINISHED = re.compile(r"\.[a-z0-9_]{8}")  # as tempfile names them
_DOCUMENT = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.[0-9a-f]{32}")
_ABANDONED = 24 * 3600.0
"""Seconds after the last write to one that is unfinished: whoever wrote it is dead."""
_ASIDE = 0.05
"""Seconds in which one that is out of the way comes back, if it does."""


class Folder:
    """A folder, which the first `put` makes; the one that it lies in has to be there."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, pieces: Iterable[bytes], media_type: str, name: str) -> File:
        digest, size = sha256(), 0
        with self._unfinished() as file:
            for piece in pieces:
                with self._usable():
                    file.write(piece)
                digest.update(piece)
                size += len(piece)
            with self._usable():
                self._finish(file, digest.hexdigest())
        return File(digest=digest.hexdigest(), size=size, media_type=media_type, name=name)

    def read(self, file: File) -> Iterator[bytes]:
        digest = sha256()
        with self._opened(file) as kept:
            while True:
                with self._usable():
                    piece = kept.read(PIECE)
                if not piece:
                    break
                digest.update(piece)
                yield piece
        if digest.hexdigest() != file.digest:
            raise Gone(f"{file.name} ({file.digest}) is damaged in the file store")

    def prune(self, before: datetime) -> Iterator[Removed]:
        with self._usable():
            self._present()
            yield self._tidied()
        for number in range(256):
            with self._usable():
                yield self._pruned(self._root / f"{number:02x}", before.timestamp())

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """A disk that is full, a share that is away, a right that we lack: no document's fault, and for an
        operator to mend. Until then messages wait."""
        try:
            yield
        except OSError as error:
            raise Unavailable(f"file store {self._root}: {error.strerror or error}") from error

    def _present(self) -> None:
        """Raises Unavailable: that is not the same as a document that is gone."""
        if not self._root.is_dir():
            raise Unavailable(f"file store: there is no folder {self._root}")

    @contextmanager
    def _unfinished(self) -> Iterator[IO[bytes]]:
        """A file that is nowhere afterwards, unless it was given its name."""
        with self._usable():
            self._root.mkdir(exist_ok=True)
            file = NamedTemporaryFile(dir=self._root, prefix=".", delete=False)  # noqa: SIM115 closed below
        try:
            yield file
        finally:
            with suppress(OSError):  # it writes what it still has, onto a disk that may be full
                file.close()
            with suppress(OSError):
                Path(file.name).unlink()

    def _finish(self, file: IO[bytes], digest: str) -> None:
        file.flush()
        os.fsync(file.fileno())
        kept = self._path(digest)
        with suppress(FileExistsError):
            kept.parent.mkdir()
            _settle(self._root)
        Path(file.name).replace(kept)
        _settle(kept.parent)

    def _opened(self, file: File) -> IO[bytes]:
        path = self._path(file.digest)
        with self._usable():
            try:
                return path.open("rb")
            except FileNotFoundError:
                self._present()
            time.sleep(_ASIDE)
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise Gone(f"{file.name} ({file.digest}) is not in the file store any more") from None

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    def _tidied(self) -> Removed:
        """What was never finished."""
        limit = time.time() - _ABANDONED
        removed = Removed()
        for file, found in _files(self._root, _UNFINISHED):
            if found.st_mtime < limit:
                with suppress(FileNotFoundError):
                    file.unlink()
                    removed = removed.and_(Removed(1, found.st_size))
        return removed

    def _pruned(self, folder: Path, limit: float) -> Removed:
        removed = Removed()
        for file, found in _files(folder, _DOCUMENT):
            if found.st_mtime < limit or file.name.startswith("."):
                with suppress(FileNotFoundError):  # another process removes, too
                    removed = removed.and_(_removed(file, limit))
        return removed


def _files(folder: Path, named: re.Pattern[str]) -> Iterator[tuple[Path, os.stat_result]]:
    """Those of a folder that are ours, by their names; none of one that is not there."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if named.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    yield folder / entry.name, entry.stat(follow_symlinks=False)


def _removed(file: Path, limit: float) -> Removed:
    """Remove a document; or not, if it was kept again after somebody looked.

    It is out of everybody's way before it is looked at for good: what is put from then on is another file.
    Whoever dies in between leaves it for the next one, who decides likewise.
    """
    digest = file.name.lstrip(".")[:64]
    aside = file
    if file.name == digest:  # under a name that only we have: another may be at this, too
        aside = file.replace(file.with_name(f".{digest}.{uuid4().hex}"))
    found = aside.stat()
    if found.st_mtime >= limit:
        aside.replace(file.with_name(digest))
        return Removed()
    aside.unlink()
    return Removed(1, found.st_size)


def _settle(folder: Path) -> None:
    """Have the disk know what a folder holds: a name that was given a moment ago is lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
