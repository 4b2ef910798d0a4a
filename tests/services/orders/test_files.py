"""Links in mails that lead to files: a report that was too large for a mail."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api import Api, served
from links import LINK_KEY, follow, link
from programs import eventually

from contracts.files import File
from contracts.links import Download, Unsubscribe
from mesh.files import FileStore, open_store

WEEK = timedelta(days=7)
BROWSER = "text/html,*/*;q=0.8"
TABLE = b"day,orders\r\n2026-03-01,7\r\n"


@pytest.fixture
def store(files: Path) -> FileStore:
    return open_store(files.as_uri())


def to(file: File, lasts: timedelta = WEEK) -> str:
    return link("files", Download(file=file), lasts)


def test_it_is_the_file_under_its_name(open_api: Api, store: FileStore) -> None:
    file = store.put([TABLE], "text/csv", "отчёт за 2026/03.csv")
    answer = follow(open_api, "GET", to(file))
    assert (answer.status, answer.text) == (200, TABLE.decode())
    headers = answer.headers
    assert headers["Content-Type"] == "text/csv"
    name = "%D0%BE%D1%82%D1%87%D1%91%D1%82%20%D0%B7%D0%B0%202026%2F03.csv"
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert headers["Cache-Control"] == "private"
    assert headers["ETag"] == f'"{file.digest}"'
    assert headers["Repr-Digest"] == f"sha-256=:{b64encode(bytes.fromhex(file.digest)).decode()}:"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_large_one_comes_whole_and_head_without_it(open_api: Api, store: FileStore) -> None:
    path = to(store.put([b"0123456789"] * 200_000, "text/csv", "large.csv"))
    assert follow(open_api, "GET", path).text.count("0123456789") == 200_000
    head = follow(open_api, "HEAD", path)
    assert (head.status, head.headers["Content-Length"], head.text) == (200, "2000000", "")


def test_a_name_makes_no_header(open_api: Api, store: FileStore) -> None:
    answer = follow(open_api, "GET", to(store.put([TABLE], "text/csv", 'a"\r\nSet-Cookie: a=b;\x00.csv')))
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"].isprintable()


def test_what_opens_nothing(open_api: Api, store: FileStore, tx: Any) -> None:
    file = store.put([TABLE], "text/csv", "march.csv")
    person = Unsubscribe(account=None, email="ada@example.com", kind="report")
    unsubscribing = link("unsubscribe", person).replace("/unsubscribe/", "/files/")
    for path in ("/v1/files/x", to(file, timedelta(seconds=-1)), unsubscribing):
        assert follow(open_api, "GET", path).problem(404)["type"] == "/problems/no-link"
        page = follow(open_api, "GET", path, Accept=BROWSER)
        assert (page.status, page.headers["Content-Language"]) == (404, "en")


def test_one_that_is_gone(open_api: Api) -> None:
    path = to(File(digest="0" * 64, size=3, media_type="text/csv", name="gone.csv"))
    assert follow(open_api, "GET", path).problem(410)["type"] == "/problems/file-gone"
    page = follow(open_api, "GET", path, Accept=BROWSER, **{"Accept-Language": "ru"})
    assert (page.status, "Файла больше нет" in page.text) == (410, True)


def test_without_a_store_or_keys(url: str, api: Api, store: FileStore) -> None:
    path = to(store.put([TABLE], "text/csv", "march.csv"))
    follow(api, "GET", path).problem(404)
    with served(url, link_keys=[LINK_KEY]) as bare:
        assert follow(bare, "GET", path).problem(501)["type"] == "/problems/no-reports"


def test_no_token_is_in_the_log(open_api: Api, store: FileStore, caplog: pytest.LogCaptureFixture) -> None:
    follow(open_api, "GET", to(store.put([TABLE], "text/csv", "march.csv")))
    eventually(lambda: "request.handled" in caplog.text, "it is told, once it is sent")
    assert "/v1/files/{token}" in caplog.text
    assert "gAAAA" not in caplog.text
