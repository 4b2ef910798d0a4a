"""What FILES_URL may say; what it may not is told without quoting it."""

from datetime import timedelta
from pathlib import Path

import pytest

from mesh.errors import MissingSettings
from mesh.files.address import Local, Remote, parse
from mesh.settings import Settings

NEEDED = {"DATABASE_URL": "x://x", "BROKER_URL": "x://x"}


def test_where_it_is() -> None:
    assert parse("file:///srv/my%20files") == Local(Path("/srv/my files"))
    assert parse("s3://bucket") == Remote("bucket", "")
    assert parse("s3://bucket/a/b/?endpoint=http://127.0.0.1:9000&region=eu-central-1&timeout=3") == Remote(
        "bucket", "a/b", "http://127.0.0.1:9000", "eu-central-1", 3
    )


@pytest.mark.parametrize(
    "url",
    [
        "/srv/s3cr3t",
        "file://s3cr3t/files",
        "file:s3cr3t",
        "http://s3cr3t",
        "s3://s3cr3t:s3cr3t@bucket",
        "s3://S3cr3t",
        "s3://bucket/../s3cr3t?",
        "s3://bucket/s3cr3t key",
        "s3://bucket?secret=s3cr3t",
        "s3://bucket?endpoint=s3cr3t",
        "s3://bucket?endpoint=http://me:s3cr3t@host",
        "s3://bucket?timeout=0",
        "s3://[s3cr3t",
    ],
)
def test_what_does_not_fit_is_refused_at_start(url: str) -> None:
    with pytest.raises(MissingSettings, match="FILES_URL") as refused:
        Settings.load({**NEEDED, "FILES_URL": url})
    assert "s3cr3t" not in str(refused.value)


def test_for_how_long() -> None:
    assert Settings.load(NEEDED).files_kept == timedelta(days=30)
    assert Settings.load({**NEEDED, "FILES_KEPT": "8d"}).files_kept == timedelta(days=8)
    for wrong in ("0d", "00:59", "soon", "-3d"):
        with pytest.raises(MissingSettings, match="FILES_KEPT"):
            Settings.load({**NEEDED, "FILES_KEPT": wrong})
