"""Documents beside messages: kept whole or not at all, and read as they were kept or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh import Unavailable
from mesh.errors import Gone
from mesh.files import PIECE, FileStore, open_store
from mesh.settings import Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a folder"  # that nobody has made


@pytest.fixture
def store(root: Path) -> FileStore:
    return open_store(root.as_uri())


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("document", [b"", b"day,orders\r\n", b"\x00" * (2 * PIECE + 1)])
def test_what_was_kept_is_read(store: FileStore, document: bytes) -> None:
    file = store.put([document[:1], document[1:]], "text/csv", "sales.csv")
    assert (file.size, file.media_type, file.name) == (len(document), "text/csv", "sales.csv")
    assert b"".join(store.read(file)) == document


def test_the_same_is_kept_once(store: FileStore, root: Path) -> None:
    first, second = (store.put([b"the same"], "text/plain", name) for name in ("a.txt", "b.txt"))
    assert first.digest == second.digest
    assert len(files(root)) == 1


def test_half_a_document_is_none(store: FileStore, root: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the rest cannot be made")

    with pytest.raises(RuntimeError):
        store.put(breaking(), "text/plain", "half.txt")
    assert files(root) == []


def test_what_is_not_there_is_said_to_be_gone(store: FileStore, root: Path) -> None:
    file = store.put([b"soon gone"], "text/plain", "gone.txt")
    files(root)[0].unlink()
    with pytest.raises(Gone, match=r"gone\.txt \([0-9a-f]{64}\) is not in the file store any more"):
        list(store.read(file))


def test_what_was_damaged_is_not_passed_off(store: FileStore, root: Path) -> None:
    file = store.put([b"as it was"], "text/plain", "damaged.txt")
    files(root)[0].write_bytes(b"as it is")
    with pytest.raises(Gone, match="damaged"):
        list(store.read(file))


def test_a_share_that_is_not_mounted_is_away_and_its_files_are_not_gone(store: FileStore, root: Path) -> None:
    file = store.put([b"elsewhere"], "text/plain", "elsewhere.txt")
    root.rename(root.with_name("unmounted"))
    with pytest.raises(Unavailable, match="there is no folder"):
        list(store.read(file))


def test_only_what_is_a_store_can_be_named() -> None:
    from mesh.errors import MissingSettings

    with pytest.raises(MissingSettings, match="FILES_URL"):
        Settings.load({"DATABASE_URL": "x://x", "BROKER_URL": "x://x", "FILES_URL": "/srv/files"})
