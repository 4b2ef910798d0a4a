"""Documents in any store: kept whole or not at all, and read as they were kept or not at all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from filestores import Place

from mesh import Unavailable
from mesh.errors import Gone
from mesh.files import PIECE, FileStore, Removed

LARGE = 11 * 1024 * 1024  # bytes: of three parts, where there are parts


@pytest.mark.parametrize(
    "document", [b"", b"day,orders\r\n", b"\x00" * (2 * PIECE + 1), b"large" * (LARGE // 5)]
)
def test_what_was_kept_is_read(store: FileStore, document: bytes) -> None:
    file = store.put([document[:1], document[1:]], "text/csv", "sales.csv")
    assert (file.size, file.media_type, file.name) == (len(document), "text/csv", "sales.csv")
    assert b"".join(store.read(file)) == document


@pytest.mark.parametrize("document", [b"the same", b"the same" * (LARGE // 8)])
def test_the_same_is_kept_once(store: FileStore, place: Place, document: bytes) -> None:
    first, second = (store.put([document], "text/plain", name) for name in ("a.txt", "b.txt"))
    assert first.digest == second.digest
    assert place.names() == [f"{first.digest[:2]}/{first.digest}"]


@pytest.mark.parametrize("half", [b"half", b"half" * (LARGE // 4)])
def test_half_a_document_is_none(store: FileStore, place: Place, half: bytes) -> None:
    def breaking() -> Iterator[bytes]:
        yield half
        raise OSError("the rest cannot be made")

    with pytest.raises(OSError, match="the rest cannot be made"):
        store.put(breaking(), "text/plain", "half.txt")
    assert place.names() == []


@pytest.mark.parametrize("document", [b"", b"soon gone"])
def test_what_is_not_there_is_said_to_be_gone(store: FileStore, place: Place, document: bytes) -> None:
    file = store.put([document], "text/plain", "gone.txt")
    place.remove(file)
    with pytest.raises(Gone, match=r"gone\.txt \([0-9a-f]{64}\) is not in the file store any more"):
        list(store.read(file))


@pytest.mark.parametrize("instead", [b"as it is!", b"as it", b"as it was not", b""])
def test_what_was_damaged_is_not_passed_off(store: FileStore, place: Place, instead: bytes) -> None:
    file = store.put([b"as it was"], "text/plain", "damaged.txt")
    place.damage(file, instead)
    with pytest.raises(Gone, match="damaged"):
        list(store.read(file))


def test_a_store_that_is_away_is_not_one_whose_files_are_gone(store: FileStore, place: Place) -> None:
    file = store.put([b"elsewhere"], "text/plain", "elsewhere.txt")
    place.take_away()
    with pytest.raises(Unavailable, match="file store"):
        list(store.read(file))
    with pytest.raises(Unavailable, match="file store"):
        list(store.prune(datetime.now(UTC)))


def removed(store: FileStore, before: datetime) -> Removed:
    total = Removed()
    for part in store.prune(before):
        total = total.and_(part)
    return total


def test_what_is_old_is_removed_and_what_was_kept_again_is_new(store: FileStore, place: Place) -> None:
    first, second = (store.put([name.encode()], "text/plain", name) for name in ("first", "second"))
    assert removed(store, datetime.now(UTC) - timedelta(hours=1)) == Removed()
    time.sleep(place.tick)
    cut = datetime.now(UTC)
    time.sleep(place.tick)
    store.put([b"first"], "text/plain", "again")
    assert removed(store, cut) == Removed(files=1, bytes=6)
    assert b"".join(store.read(first)) == b"first"
    with pytest.raises(Gone):
        list(store.read(second))


# VmHWM and not ru_maxrss, which a child has of its parent.
_COPY = """
import sys
from mesh.files import open_store
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

store = open_store(sys.argv[1])
piece = bytes(65536)
store.put([piece], "a", "b")
before = peak()
file = store.put((piece for _ in range(1600)), "a", "b")
assert sum(map(len, store.read(file))) == file.size == 100 * 1024 * 1024
print(peak() - before)
"""


def test_no_document_is_in_memory_as_a_whole(place: Place) -> None:
    """100 MiB, in a process of its own."""
    copied = subprocess.run([sys.executable, "-c", _COPY, place.url], capture_output=True, text=True)
    assert copied.returncode == 0, copied.stderr
    assert int(copied.stdout) < 48 * 1024  # KiB
