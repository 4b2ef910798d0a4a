"""A folder into which people put files, and from which each is taken once.

    folder = Dropped(Path("/srv/orders"))
    for file in folder.ready():                # whoever has one has it alone
        with file.opened() as content: ...     # load it, and commit; what file.digest names was loaded before
        file.taken()                           # or file.refused("why")

A file is ready when it has not changed for some seconds, so call `ready` now and then. Names that programs
give to what they are still writing are not looked at: write under such a name and rename, and nothing is
guessed.

Who has a file holds a lock on it, which ends with its process: a file whose worker died is there for the next
one. It may have been loaded already, if that was between its commit and the move; then its digest is known.

A file that was taken lies in `taken/`, one that was refused in `refused/`, with what was wrong in a file
`….why` beside it; both under a name with a part of the digest, so that a name may come again, and only the
same content goes where it has been.
"""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

import structlog

from mesh import Unavailable

log = structlog.get_logger(__name__)

SETTLED = 5.0
"""Seconds without a change after which a file is taken for whole."""
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".swp")
_HIDDEN = (".", "~")
_PIECE = 256 * 1024  # bytes that are read at once
_LONGEST = 200  # bytes of a name, before what is put behind it


class _State(NamedTuple):
    """By which a change is seen."""

    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, found: os.stat_result) -> "_State":
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class Changed(Exception):
    """A file went on being written while it was read: nothing of it is to be kept. It is looked at again."""


class DroppedFile:
    """A file that nobody else has, until it is let go."""

    def __init__(self, path: Path, content: BinaryIO, state: _State) -> None:
        self._path, self._content, self._state = path, content, state
        self.digest = _digest(content)
        """The SHA-256 of its bytes, in hexadecimal."""

    @property
    def name(self) -> str:
        """As it was dropped; what of it is no text is written as escapes."""
        return os.fsencode(self._path.name).decode(errors="backslashreplace")

    @property
    def size(self) -> int:
        return self._state.size

    def opened(self) -> BinaryIO:
        """Its bytes, from the first on. It is closed with the file."""
        self._content.seek(0)
        return self._content

    def check(self) -> None:
        """Raises Changed: call it before what was read is committed."""
        if _State.of(os.fstat(self._content.fileno())) != self._state:
            raise Changed(f"{self.name} is still being written")

    def taken(self, faults: str | None = None) -> None:
        """What was in it is kept elsewhere now, but for `faults`, which are for whoever dropped it."""
        if faults:
            self._explain("taken", faults)
        self._move("taken")
        log.info("file.taken", file=self.name, digest=self.digest, bytes=self.size)

    def refused(self, why: str) -> None:
        """It is of no use; `why` is for whoever dropped it."""
        self._explain("refused", why)
        self._move("refused")
        log.warning("file.refused", file=self.name, digest=self.digest, why=why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._content.close()  # and with it goes the lock

    def _explain(self, where: str, why: str) -> None:
        with _usable(self._path.parent):
            target = self._target(where)
            _write(target.with_name(f"{target.name}.why"), f"{why}\n")

    def _move(self, where: str) -> None:
        with _usable(self._path.parent):
            self._path.replace(self._target(where))

    def _target(self, where: str) -> Path:
        folder = self._path.parent / where
        folder.mkdir(exist_ok=True)
        stem = os.fsdecode(os.fsencode(self._path.stem)[:_LONGEST])
        return folder / f"{stem}.{self.digest[:12]}{self._path.suffix[:16]}"


class Dropped:
    """A folder. Each process has one of its own; any number of them may look into the same."""

    def __init__(self, folder: Path, suffixes: tuple[str, ...] = (".csv", ".txt", ".tsv")) -> None:
        self._folder = folder
        self._suffixes = suffixes
        self._seen: dict[str, tuple[_State, float]] = {}
        """In which state each was first seen so, and when."""
        self._told: set[str] = set()
        self.unsettled = False
        """Whether the last look found one that may still be written."""

    def ready(self, settled: float = SETTLED) -> Iterator[DroppedFile]:
        """Those that are whole, by name. Each is let go when the next is asked for.

        Raises Unavailable: the folder is not there, or is not ours to change.
        """
        with _usable(self._folder):
            names = self._settled(settled)
        for name in names:
            with _usable(self._folder):
                file = self._claimed(name)
            if file:
                with file:
                    yield file

    def _settled(self, seconds: float) -> list[str]:
        now = time.monotonic()
        states = dict(self._states())
        self._seen = {
            name: self._seen[name] if self._seen.get(name, (None,))[0] == state else (state, now)
            for name, state in states.items()
        }
        ready = sorted(name for name, (_, since) in self._seen.items() if now - since >= seconds)
        self.unsettled = len(ready) < len(self._seen)
        return ready

    def _states(self) -> Iterator[tuple[str, _State]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if self._is_wanted(entry.name):
                    with suppress(FileNotFoundError):  # another worker was first
                        found = entry.stat(follow_symlinks=False)
                        if stat.S_ISREG(found.st_mode):
                            yield entry.name, _State.of(found)

    def _is_wanted(self, name: str) -> bool:
        low = name.lower()
        return low.endswith(self._suffixes) and not low.startswith(_HIDDEN) and not low.endswith(_UNFINISHED)

    def _claimed(self, name: str) -> DroppedFile | None:
        """None: another worker has it, it has changed, or we may not read it."""
        path = self._folder / name
        try:
            content = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
        except OSError as error:
            self._tell(name, error)
            return None
        state = self._seen[name][0]
        if _locked(content) and _is_still(path, content, state):
            return DroppedFile(path, content, state)
        content.close()
        return None

    def _tell(self, name: str, error: OSError) -> None:
        """Once, and not at each look."""
        if error.errno != errno.ENOENT and name not in self._told:
            self._told.add(name)
            shown = os.fsencode(name).decode(errors="backslashreplace")
            log.warning("file.unreadable", file=shown, error=error.strerror)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"folder {folder}: {error.strerror or error}") from error


def _digest(content: BinaryIO) -> str:
    digest = sha256()
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _locked(content: BinaryIO) -> bool:
    try:
        fcntl.flock(content, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, content: BinaryIO, state: _State) -> bool:
    """Whether what we have open is what lies there: whoever had it before us may have moved it."""
    try:
        return _State.of(path.stat(follow_symlinks=False)) == state == _State.of(os.fstat(content.fileno()))
    except FileNotFoundError:
        return False


def _write(path: Path, text: str) -> None:
    """All of it, or nothing."""
    unfinished = path.with_name(f".{path.name[-100:]}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
