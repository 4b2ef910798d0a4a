"""A document is fetched if it is new, whatever its server does, and nobody waits for longer than said."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import weblike
from certificates import Authority
from scripted import unanswered
from weblike import Act, Weblike, answer

from mesh import Reject, Unavailable
from mesh.breaker import Breaker
from reports.sources import fetching
from reports.sources.fetching import Fetched, NotModified, Source, SourceAway, SourceUnfit, Validators

NEW = answer(200, b"<rates/>", ETag='"2"', Last_Modified="Sat, 28 Nov 2026 15:00:00 GMT")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_FIRST_PAUSE", 0.02)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextmanager
def asked(*acts: Act, path: str = "/rates.xml", **options: Any) -> Iterator[tuple[Source, Weblike]]:
    with Weblike(list(acts)) as server:
        yield Source("ecb", server.url + path, **{"deadline": 5.0, "read": 1.0, **options}), server


def away(source: Source) -> SourceAway:
    with pytest.raises(SourceAway) as raised:
        source.fetch()
    assert isinstance(raised.value, Unavailable)
    assert raised.value.after
    return raised.value


def test_what_is_new_comes_with_what_to_ask_by_next_time() -> None:
    with asked(NEW, answer(304)) as (source, server):
        found = source.fetch()
        assert found == Fetched(b"<rates/>", Validators('"2"', "Sat, 28 Nov 2026 15:00:00 GMT"))
        assert isinstance(found, Fetched)
        assert source.fetch(found.validators) == NotModified()
    first, second = server.requests
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == '"2"'
    assert second.headers["if-modified-since"] == "Sat, 28 Nov 2026 15:00:00 GMT"
    assert second.headers["accept-encoding"] == "identity"


def test_in_pieces() -> None:
    with asked(weblike.chunks) as (source, _):
        assert source.fetch() == Fetched(b"all of", Validators())


@pytest.mark.parametrize(
    "passing",
    [
        weblike.reset,
        weblike.truncated,
        weblike.truncated_chunks,
        weblike.raw(b""),
        weblike.raw(b"\x16\x03garbage\r\n\r\n"),
        weblike.hang,
        answer(429),
        answer(500),
        answer(503),
        answer(522),
        answer(304),  # which nobody asked for
    ],
)
def test_what_passes_is_tried_again(passing: Act) -> None:
    with asked(passing, passing, NEW, read=0.2) as (source, server):
        found = source.fetch()
        assert isinstance(found, Fetched)
        assert found.body == b"<rates/>"
        assert len(server.requests) == 3


def test_not_for_ever() -> None:
    with asked(answer(500), breaker=Breaker("ecb", "source", shortest=60, longest=60)) as (source, server):
        assert "ecb (http://127.0.0.1" in str(away(source))
        assert len(server.requests) == 4
        assert "left alone" in str(away(source))  # the fifth failure in a row
        assert len(server.requests) == 5
        before = len(server.requests)
        assert away(source).after > 30
        assert len(server.requests) == before


def test_the_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_FIRST_PAUSE", 0.2)
    with asked(answer(500)) as (source, server):
        away(source)
    first, second, third = (
        after - before for before, after in zip(server.times, server.times[1:], strict=False)
    )
    assert 0.1 <= first < third
    assert second >= 0.2
    assert 0.4 <= third < 1.5


def test_as_long_as_the_server_wants() -> None:
    with asked(answer(429, Retry_After="1"), NEW) as (source, server):
        assert isinstance(source.fetch(), Fetched)
    assert server.times[1] - server.times[0] >= 1


@pytest.mark.parametrize(
    ("said", "least", "most"), [("600", 600, 900), ("999999", 3600, 5400), ("soon", 60, 90)]
)
def test_who_is_to_come_later_comes_later(said: str, least: float, most: float) -> None:
    with asked(answer(503, Retry_After=said)) as (source, server):
        after = away(source).after
        assert after is not None
        assert least <= after <= most
        assert len(server.requests) == (4 if said == "soon" else 1)


@pytest.mark.parametrize(
    "slow",
    [weblike.hang, weblike.trickling_header(), weblike.trickling_body(), weblike.trickling_to_its_end()],
    ids=["hang", "header", "body", "end"],
)
def test_no_server_holds_us_for_longer_than_said(slow: Act) -> None:
    with asked(slow, deadline=0.6, read=5.0) as (source, _):
        began = time.monotonic()
        assert "longer than 0.6 s" in str(away(source)) or slow is weblike.hang
        assert time.monotonic() - began < 2


def test_nobody_is_there() -> None:
    with unanswered() as url:
        source = Source("ecb", url.replace("smtp", "http"), connect=0.2, deadline=1.0)
        began = time.monotonic()
        away(source)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (answer(404), "it said 404"),
        (answer(401), "it said 401"),
        (answer(204), "it said 204"),
        (answer(206, b"half"), "it said 206"),
        (weblike.endless, "more than 1000 bytes"),
        (answer(200, bytes(1001)), "more than 1000 bytes"),
        (answer(200, b"\x1f\x8b", Content_Encoding="gzip"), r"encoded \(gzip\)"),
        (answer(302, Location="ftp://s3cr3t/"), "redirects to what is no URL"),
        (answer(302, Location="http://s3cr3t:port/"), "redirects to what is no URL"),
        (answer(302), "redirects more than 5 times"),
    ],
)
def test_what_nothing_helps_against_is_rejected(act: Act, why: str) -> None:
    with asked(act, largest=1000) as (source, _):
        with pytest.raises(SourceUnfit, match=why) as refused:
            source.fetch()
        assert isinstance(refused.value, Reject)
        assert "s3cr3t" not in str(refused.value)


def test_a_redirect_is_followed_and_keeps_what_we_have() -> None:
    with asked(answer(301, Location="/there?x=1"), answer(304)) as (source, server):
        assert source.fetch(Validators('"2"')) == NotModified()
    assert server.requests[1].path == "/there?x=1"
    assert server.requests[1].headers["if-none-match"] == '"2"'


def test_a_password_goes_to_its_own_server_and_into_no_error() -> None:
    with Weblike([answer(403)]) as other, Weblike([]) as server:
        server.acts += [answer(302, Location=f"{other.url}/there")]
        source = Source("ecb", server.url.replace("//", "//me:s3cr3t@") + "/?token=s3cr3t")
        with pytest.raises(SourceUnfit) as refused:
            source.fetch()
        assert "s3cr3t" not in str(refused.value)
    assert server.requests[0].headers["authorization"] == "Basic bWU6czNjcjN0"
    assert server.requests[0].path == "/?token=s3cr3t"
    assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize(
    "url", ["ftp://s3cr3t", "s3cr3t", "http://", "http://host:s3cr3t/", "file:///s3cr3t"]
)
def test_only_http_is_a_source(url: str) -> None:
    with pytest.raises(ValueError, match="a source's URL") as refused:
        Source("ecb", url)
    assert "s3cr3t" not in str(refused.value)


def test_through_a_proxy_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with Weblike([NEW]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:pass@"))
        assert isinstance(Source("ecb", "http://rates.example/x").fetch(), Fetched)
    assert proxy.requests[0].path == "http://rates.example/x"
    assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")


def test_not_through_it_where_there_is_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with asked(NEW) as (source, _):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert isinstance(source.fetch(), Fetched)


def test_a_certificate_that_is_not_to_be_trusted(tmp_path: Path) -> None:
    """It is not tried again at once, and not given up: certificates are renewed."""
    served = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.append(self.path)

    context = Authority(tmp_path).server()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        source = Source("ecb", f"https://127.0.0.1:{server.server_port}/")
        assert "certificate" in str(away(source))
        assert "left alone" in str(away(source))
        server.shutdown()
    assert served == []
