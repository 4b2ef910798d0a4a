"""A bucket as it can be: not answering, forbidding, half written; and the processes that use it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from filestores import InBucket
from proxy import Proxy
from scripted import unanswered

from contracts.files import File
from mesh import Unavailable
from mesh.files import open_store, s3

LARGE = 11 * 1024 * 1024
FILE = File(digest="ab" * 32, size=3, media_type="text/plain", name="x.txt")


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_said(bucket: InBucket) -> None:
    with unanswered() as url:
        store = open_store(f"s3://bucket?endpoint=http://{url.rpartition('/')[2]}&timeout=1")
        for ask in (
            lambda: list(store.read(FILE)),
            lambda: store.put([b"x"], "text/plain", "x"),
            lambda: list(store.prune(datetime.now(UTC))),
        ):
            began = time.monotonic()
            with pytest.raises(Unavailable, match="file store s3://bucket: "):
                ask()
            assert time.monotonic() - began < 6


@pytest.fixture(params=[403, 500, 503])
def refusing(request: pytest.FixtureRequest) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_refuses_us_is_waited_for(bucket: InBucket, refusing: str) -> None:
    store = open_store(f"s3://bucket?endpoint={refusing}&timeout=1")
    with pytest.raises(Unavailable, match="file store s3://bucket: "):
        store.put([b"x"], "text/plain", "x")
    with pytest.raises(Unavailable, match="file store s3://bucket: "):
        list(store.read(FILE))


def test_a_document_comes_through_a_network_that_breaks(bucket: InBucket, server: str) -> None:
    document = bytes(LARGE)
    with Proxy(f"http://{server}") as proxy:
        store = open_store(bucket.url.replace(f"http://{server}", proxy.url))
        file = store.put([document], "text/plain", "x")
        pieces = store.read(file)
        read = [next(pieces)]
        proxy.cut()
        assert b"".join([*read, *pieces]) == document


def test_nothing_is_left_of_half_a_document(bucket: InBucket) -> None:
    def breaking() -> Iterator[bytes]:
        yield bytes(LARGE)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        open_store(bucket.url).put(breaking(), "text/plain", "x")
    assert (bucket.names(), bucket.uploads()) == ([], [])


def test_more_than_a_page_of_names(bucket: InBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_PAGE", 3)
    store = open_store(bucket.url)
    for number in range(8):
        store.put([str(number).encode()], "text/plain", "small")
    parts = list(store.prune(datetime.now(UTC) + timedelta(hours=1)))
    assert [part.files for part in parts] == [3, 3, 2]
    assert bucket.names() == []


def test_what_is_somebody_elses_stays(bucket: InBucket) -> None:
    store = open_store(bucket.url)
    store.put([b"x"], "text/plain", "x")
    theirs = ("of/ours/readme.txt", f"of/ours/ab/{'ab' * 32}.bak", f"ab/{'ab' * 32}", "of/ours/.unfinished/x")
    for key in theirs:
        bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=b"theirs")
    [removed] = store.prune(datetime.now(UTC) + timedelta(days=9))
    assert removed.files == 1
    assert len(bucket.names()) == 4


def test_a_large_one_that_is_being_written_is_left_alone_for_a_day(bucket: InBucket) -> None:
    unfinished = f"of/ours/.unfinished/{'0' * 32}"
    bucket.client.put_object(Bucket=bucket.bucket, Key=unfinished, Body=b"half")
    [removed] = open_store(bucket.url).prune(datetime.now(UTC) + timedelta(days=9))
    assert removed.files == 0


_FORKED = """
import os, sys
from mesh.files import open_store, s3
store = open_store(sys.argv[1])
{before}
if not (child := os.fork()):
    file = store.put([b"from a child"], "text/plain", "x")
    assert b"".join(store.read(file)) == b"from a child"
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def forked(url: str, before: str) -> subprocess.CompletedProcess[str]:
    script = _FORKED.format(before=before)
    return subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, timeout=60)


def test_a_forked_child_uses_what_its_parent_has_opened(bucket: InBucket) -> None:
    child = forked(bucket.url, before="")
    assert (child.returncode, child.stderr) == (0, "")


def test_a_forked_child_of_one_that_has_used_it_says_so_and_does_not_hang(bucket: InBucket) -> None:
    child = forked(bucket.url, before="store.put([b'x'], 'text/plain', 'x')")
    assert child.returncode == 1
    assert "obstore was used before the fork" in child.stderr


_WITHOUT = """
import sys
sys.modules["obstore"] = None  # as if it were not installed
from mesh.settings import Settings
Settings.load({"DATABASE_URL": "x://x", "BROKER_URL": "x://x", "FILES_URL": "s3://bucket"})
"""


def test_without_the_extra_a_process_does_not_start(bucket: InBucket) -> None:
    ended = subprocess.run([sys.executable, "-c", _WITHOUT], capture_output=True, text=True)
    assert "MissingSettings" in ended.stderr
    assert "FILES_URL: Value error, s3:// needs the extra: install meshwork-mesh[s3]" in ended.stderr
