"""A part of a bucket as a file store, by obstore: S3, and what speaks as it does (MinIO, Ceph, R2).

    <prefix>/ab/abcd…            a document, under its digest
    <prefix>/.unfinished/<id>    a large one that is being written: its digest is known at its end

Each request is one of at most 5 MiB, with a time of its own, and is tried again for a while: neither a server
that hangs nor a reader that is slow holds a connection for long, and no document is in memory as a whole.

obstore's threads do not live on in a forked child, and whoever asks them there waits for ever. So nothing is
asked before a process's first use; whoever forks after that is told so instead.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from contracts.files import File
from mesh.errors import Gone, Unavailable
from mesh.files.address import Remote
from mesh.files.store import Removed

if TYPE_CHECKING:
    from obstore.store import S3Store

_PART = 5 * 1024 * 1024  # bytes: the least that S3 takes as a part, but for the last one
_AT_ONCE = 2  # parts on their way
_LARGEST = 5 * 1024**3  # bytes that S3 copies in one request
_PAGE = 1000  # names in one answer, and in one deletion
_UNFINISHED = ".unfinished"
_OURS = re.compile(rf"[0-9a-f]{{2}}/[0-9a-f]{{64}}|{re.escape(_UNFINISHED)}/[0-9a-f]{{32}}")
_ABANDONED = timedelta(days=1)
_SAID = 300  # characters of what a server says

_used_by: int | None = None
"""The process whose obstore this is."""


class Bucket:
    """For any number of threads."""

    def __init__(self, place: Remote) -> None:
        self._place = place

    def put(self, pieces: Iterable[bytes], media_type: str, name: str) -> File:
        counted = _Counted(pieces)
        head = b"".join(counted.until(_PART))
        if counted.size <= _PART:
            with self._asking():
                self._obstore.put(self._store, _path(counted.digest), head, use_multipart=False)
        else:
            self._put_large(head, counted)
        return File(digest=counted.digest, size=counted.size, media_type=media_type, name=name)

    def read(self, file: File) -> Iterator[bytes]:
        digest = sha256()
        for start in range(0, max(file.size, 1), _PART):
            piece = self._piece(file, start)
            digest.update(piece)
            if piece:
                yield piece
        if digest.hexdigest() != file.digest:
            raise _damaged(file)

    def prune(self, before: datetime) -> Iterator[Removed]:
        abandoned = datetime.now(UTC) - _ABANDONED
        with self._asking():
            pages = iter(self._obstore.list(self._store, chunk_size=_PAGE))
        while page := self._next(pages):
            old = [found for found in page if _is_old(found, before, abandoned)]
            if old:
                with self._asking():
                    self._obstore.delete(self._store, [found["path"] for found in old])
            yield Removed(len(old), sum(found["size"] for found in old))

    def _put_large(self, head: bytes, rest: "_Counted") -> None:
        unfinished = f"{_UNFINISHED}/{uuid4().hex}"
        try:
            with self._writing(unfinished) as writer:
                for piece in chain([head], rest):
                    with self._asking():
                        writer.write(piece)
            with self._asking():
                self._obstore.copy(self._store, unfinished, _path(rest.digest))
        finally:
            with suppress(Unavailable), self._asking():  # else whoever prunes finds it
                self._obstore.delete(self._store, unfinished)

    @contextmanager
    def _writing(self, path: str) -> Iterator[Any]:
        with self._asking():
            writer = self._obstore.open_writer(self._store, path, buffer_size=_PART, max_concurrency=_AT_ONCE)
        try:
            yield writer
        finally:  # parts that belong to nothing would be kept, and paid for, unseen
            with self._asking():
                writer.close()

    def _piece(self, file: File, start: int) -> bytes:
        """Raises Gone and Unavailable."""
        with self._asking(file):
            if not file.size:
                return bytes(self._obstore.get(self._store, _path(file.digest)).bytes())
            until = min(start + _PART, file.size)
            found = self._obstore.get(self._store, _path(file.digest), options={"range": (start, until)})
            if found.meta["size"] != file.size:
                raise _damaged(file)
            return bytes(found.bytes())

    def _next(self, pages: Iterator[Any]) -> Any:
        with self._asking():
            return next(pages, None)

    @contextmanager
    def _asking(self, file: File | None = None) -> Iterator[None]:
        """What obstore raises, as what it means. `file`: what is asked for."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (OSError, BaseError) as error:
            said = str(error).partition("Debug source:")[0]
            if file and isinstance(error, FileNotFoundError) and "NoSuchBucket" not in said:
                raise Gone(f"{file.name} ({file.digest}) is not in the file store any more") from None
            if file and "InvalidRange" in said:  # it is shorter than it was
                raise _damaged(file) from None
            raise Unavailable(f"file store {self._place}: {' '.join(said.split())[:_SAID]}") from None

    @cached_property
    def _obstore(self) -> Any:
        import obstore

        return obstore

    @property
    def _store(self) -> "S3Store":
        global _used_by
        if _used_by not in (None, os.getpid()):
            raise RuntimeError("obstore was used before the fork: it would wait for ever in this process")
        _used_by = os.getpid()
        return self._opened

    @cached_property
    def _opened(self) -> "S3Store":
        from obstore.store import S3Store

        place = self._place
        told: dict[str, Any] = {"region": place.region, "endpoint": place.endpoint, "prefix": place.prefix}
        plain = bool(place.endpoint and place.endpoint.startswith("http://"))
        return S3Store(
            place.bucket,
            virtual_hosted_style_request=place.endpoint is None,
            client_options={
                "connect_timeout": f"{min(5, place.timeout)}s",
                "timeout": f"{place.timeout}s",
                "allow_http": plain,
            },
            retry_config={
                "max_retries": 3,
                "retry_timeout": timedelta(seconds=1.5 * place.timeout),
                "backoff": {
                    "init_backoff": timedelta(seconds=0.1),
                    "max_backoff": timedelta(seconds=2),
                    "base": 2,
                },
            },
            **{name: value for name, value in told.items() if value},
        )


class _Counted:
    """Pieces that are counted and digested as they pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._digest = sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            if self.size > _LARGEST:
                raise ValueError(f"a document is {_LARGEST // 1024**3} GiB at the most")
            yield piece

    def until(self, size: int) -> Iterator[bytes]:
        """Until they are more than so many bytes, or at their end."""
        for piece in self:
            yield piece
            if self.size > size:
                return

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _is_old(found: Any, before: datetime, abandoned: datetime) -> bool:
    """What is there beside documents is somebody else's."""
    if not _OURS.fullmatch(found["path"]):
        return False
    limit = abandoned if found["path"].startswith(_UNFINISHED) else before
    return bool(found["last_modified"] < limit)


def _damaged(file: File) -> Gone:
    return Gone(f"{file.name} ({file.digest}) is damaged in the file store")
