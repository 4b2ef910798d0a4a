"""File stores that nobody else uses: a folder, and a bucket of moto's server."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from filestores import InBucket, InFolder, Place
from motoserver import moto_server

from mesh.files import FileStore, open_store

_buckets = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> InFolder:
    return InFolder(tmp_path / "a folder")  # that nobody has made


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> InBucket:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return InBucket(server, f"test-{next(_buckets)}")


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> Place:
    """Each test that asks for one runs in both kinds."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(place: Place) -> FileStore:
    return open_store(place.url)
