"""Old documents go by themselves, or when an operator says so; what is away is told and tried again later."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from commands import begin, ended
from filestores import InFolder
from programs import eventually

from contracts.files import File
from mesh.files import FileStore, Removed, open_store, retention
from mesh.files.retention import Retention
from mesh.stopping import Stopping


@pytest.fixture
def store(folder: InFolder) -> FileStore:
    return open_store(folder.url)


def put(store: FileStore, folder: InFolder, text: str, *, days: float) -> File:
    """So many days ago."""
    file = store.put([text.encode()], "text/plain", text)
    then = time.time() - days * 24 * 3600
    os.utime(folder.path(file), (then, then))
    return file


def test_what_is_older_goes_and_is_logged(
    store: FileStore, folder: InFolder, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, folder, "old", days=31)
    new = put(store, folder, "new", days=29)
    assert Retention(store, timedelta(days=30), Stopping()).sweep(share=1) == Removed(1, 3)
    assert folder.names() == [f"{new.digest[:2]}/{new.digest}"]
    assert "files.removed" in caplog.text


def test_it_goes_on_by_itself_and_through_an_outage(
    store: FileStore, folder: InFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retention, "_SOON", 0.01)
    monkeypatch.setattr(retention, "_PACE", 0.05)
    stopping = Stopping()
    Retention(store, timedelta(days=30), stopping).start()
    try:
        eventually(lambda: "files.unswept" in caplog.text, "there is no folder, and it is told")
        for text in ("first", "second"):
            put(store, folder, text, days=31)
            eventually(lambda: folder.names() == [], f"{text} is removed")
    finally:
        stopping._event.set()


def test_a_stop_is_not_waited_for(store: FileStore, folder: InFolder) -> None:
    store.put([b"x"], "text/plain", "x")
    stopping = Stopping()
    stopping._event.set()
    began = time.monotonic()
    Retention(store, timedelta(days=30), stopping).sweep(share=1e-9)
    assert time.monotonic() - began < 1


def test_an_operator_removes_what_is_old_now(store: FileStore, folder: InFolder) -> None:
    put(store, folder, "old", days=9)
    told = {"DATABASE_URL": "x://x", "BROKER_URL": "x://x", "FILES_URL": folder.url}
    for arguments, said in (
        ([], "removed: 0 files, 0 bytes"),
        (["--days", "8"], "removed: 1 files, 3 bytes"),
    ):
        code, output, errors = ended(begin("reports", "files", "prune", *arguments, **told))
        assert (code, output) == (0, f"{said}\n"), errors


def test_without_a_store_there_is_nothing_to_remove(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "x://x", "BROKER_URL": "x://x"}
    code, _, errors = ended(begin("reports", "files", "prune", **told))
    assert code == 1
    assert "FILES_URL is not set" in errors
