"""A folder as it can be: full, read-only, not there, changed by two at once, left by who was killed."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filestores import InFolder

from mesh import Unavailable
from mesh.files import FileStore, Removed, open_store
from mesh.files.folder import _removed

MEGABYTE = 1024 * 1024
NOBODY = 65534
OLD = 0.0
"""As a time of a file: 1970."""


@pytest.fixture
def store(folder: InFolder) -> FileStore:
    return open_store(folder.url)


@contextmanager
def small_disk(at: Path) -> Iterator[str]:
    """Of one megabyte; yields what the system says when it is full."""
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(at)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield "No space left on device"
        finally:
            subprocess.run(["umount", "--lazy", str(at)], check=True)
        return
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)  # else files may not be larger
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, hard))
    try:
        yield "File too large"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere."""
    us = os.geteuid()
    if us == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(us)


def test_a_full_disk_is_waited_for_and_holds_no_half_file(store: FileStore, folder: InFolder) -> None:
    with small_disk(folder.root) as says:
        small = store.put([b"fits"], "text/plain", "small")
        with pytest.raises(Unavailable, match=f"file store {folder.root}: {says}"):
            store.put((bytes(65536) for _ in range(32)), "text/plain", "large")
        with pytest.raises(Unavailable, match=says):  # all of it is in a buffer until the end
            store.put([bytes(MEGABYTE + 1)], "text/plain", "large")
        assert len(folder.names()) == 1
        assert b"".join(store.read(small)) == b"fits"


def test_what_we_may_not_do_is_waited_for(store: FileStore, folder: InFolder) -> None:
    file = store.put([b"ours"], "text/plain", "ours")
    folder.root.chmod(0)
    with as_nobody():
        for ask in (
            lambda: list(store.read(file)),
            lambda: store.put([b"theirs"], "text/plain", "theirs"),
            lambda: list(store.prune(datetime.now(UTC))),
        ):
            with pytest.raises(Unavailable, match="Permission denied"):
                ask()
    folder.root.chmod(0o700)
    assert b"".join(store.read(file)) == b"ours"


def test_a_folder_is_made_and_not_the_one_that_it_lies_in(tmp_path: Path) -> None:
    share = tmp_path / "a share"
    store = open_store((share / "files").as_uri())
    with pytest.raises(Unavailable, match="No such file or directory"):
        store.put([b"x"], "text/plain", "x")  # it is not mounted: nobody else would see what is put there
    share.mkdir()
    store.put([b"x"], "text/plain", "x")


def test_what_a_killed_process_left_is_removed(store: FileStore, folder: InFolder) -> None:
    store.put([b"x"], "text/plain", "x")
    left, being_written, theirs = (folder.root / name for name in (".abcdefgh", ".ijklmnop", ".nfs0001"))
    for path in (left, being_written, theirs):
        path.write_bytes(b"half")
    os.utime(left, (OLD, OLD))
    os.utime(theirs, (OLD, OLD))
    assert sum(part.files for part in store.prune(datetime.fromtimestamp(1, UTC))) == 1
    assert not left.exists()
    assert being_written.exists()
    assert theirs.exists()


@pytest.mark.parametrize(("age", "stays"), [(OLD, False), (None, True)])
def test_what_was_killed_as_it_removed_is_decided_again(
    store: FileStore, folder: InFolder, age: float | None, stays: bool
) -> None:
    file = store.put([b"x"], "text/plain", "x")
    path = folder.path(file)
    aside = path.replace(path.with_name(f".{path.name}.{path.name[:32]}"))
    if age is not None:
        os.utime(aside, (age, age))
    list(store.prune(datetime.fromtimestamp(1, UTC)))
    assert (path.exists(), aside.exists()) == (stays, False)


def test_what_is_kept_again_as_it_is_looked_at_stays(store: FileStore, folder: InFolder) -> None:
    file = store.put([b"x"], "text/plain", "x")  # it was old when it was looked at
    assert _removed(folder.path(file), time.time() - 3600) == Removed()
    assert b"".join(store.read(file)) == b"x"


def test_two_who_remove_and_one_who_keeps_again(store: FileStore, folder: InFolder) -> None:
    def remove() -> None:
        while not over.is_set():
            list(store.prune(datetime.fromtimestamp(1, UTC)))

    file = store.put([b"x"], "text/plain", "x")
    over = threading.Event()
    threads = [threading.Thread(target=remove) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(200):
            with suppress(FileNotFoundError):  # it may be out of the way for a moment
                os.utime(folder.path(file), (OLD, OLD))
            store.put([b"x"], "text/plain", "x")
            time.sleep(0.001)
            assert b"".join(store.read(file)) == b"x"
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_who_reads_reads_on_as_it_is_removed(store: FileStore, folder: InFolder) -> None:
    document = os.urandom(3 * 256 * 1024)
    pieces = store.read(store.put([document], "text/plain", "x"))
    first = next(pieces)
    list(store.prune(datetime.now(UTC)))
    assert folder.names() == []
    assert first + b"".join(pieces) == document
