"""Before a request is one: bytes that are none, heads that do not end, connections without number."""

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import pytest
from api import Api, served
from documents import order
from programs import eventually

from orders.api import bodies, server

HOST = b"Host: x\r\n"
POST = b"POST /v1/orders HTTP/1.1\r\n" + HOST
JSON = POST + b"{key}Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

MALFORMED = {
    "zeros": b"\0\1\2\3\r\n\r\n",
    "a word": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("160301020001000001fc0303") + b"\x11" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /v1/orders\r\n\r\n",
    "HTTP/0.9, named so": b"GET /v1/orders HTTP/0.9\r\n" + HOST + b"\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\n" + HOST + b"\r\n",
    "HTTP/3": b"GET / HTTP/3.0\r\n" + HOST + b"\r\n",
    "no such method": b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a small method": b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "lines without CR": b"GET / HTTP/1.1\nHost: x\n\n",
    "a header without colon": b"GET / HTTP/1.1\r\n" + HOST + b"Name\r\n\r\n",
    "a space behind its name": b"GET / HTTP/1.1\r\n" + HOST + b"Name : a\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"Name: a\r\n b\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"Name: a\0b\r\n\r\n",
    "a CR in a header": b"GET / HTTP/1.1\r\n" + HOST + b"Name: a\rSet-Cookie: b\r\n\r\n",
    "a NUL in the path": b"GET /v1/\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "bytes in the path": b"GET /v1/\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "bytes in the query": b"GET /v1/orders?customer=\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "a path without slash": b"GET v1/orders HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a script": b"GET javascript:alert(1) HTTP/1.1\r\n" + HOST + b"\r\n",
    "no such address": b"GET http://[::/v1/orders HTTP/1.1\r\n" + HOST + b"\r\n",
    "no such port": b"GET http://x:99999999/v1/orders HTTP/1.1\r\n" + HOST + b"\r\n",
    "a length that is a word": POST + b"Content-Length: x\r\n\r\n",
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +1\r\n\r\n1",
    "a length beyond 64 bits": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n12",
    "length and chunks": POST + b"Content-Length: 1\r\n" + CHUNKED + b"0\r\n\r\n",
    "no such coding": POST + b"Transfer-Encoding: x\r\n\r\n",
    "a chunk that is a word": JSON + CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond 64 bits": JSON + CHUNKED + b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a chunk that is too long": JSON + CHUNKED + b"2\r\n{}XX\r\n0\r\n\r\n",
}
"""400, and the connection is closed."""

TOO_LARGE = {
    "the line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "the line, which does not end": b"GET /" + b"a" * 100_000,
    "a header": b"GET / HTTP/1.1\r\n" + HOST + b"Name: " + b"a" * 9000 + b"\r\n\r\n",
    "a header's name": b"GET / HTTP/1.1\r\n" + HOST + b"N" * 9000 + b": a\r\n\r\n",
    "headers": b"GET / HTTP/1.1\r\n" + HOST + b"Name: a\r\n" * 101 + b"\r\n",
}
"""431, and the connection is closed."""

ODD = {
    "an unknown expectation": (417, POST + b"Expect: tea\r\nContent-Length: 0\r\n\r\n"),
    "the same of what is not there": (417, b"GET /nowhere HTTP/1.1\r\n" + HOST + b"Expect: tea\r\n\r\n"),
    "TRACE": (405, b"TRACE /v1/orders HTTP/1.1\r\n" + HOST + b"\r\n"),
    "CONNECT": (404, b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n"),
    "OPTIONS of all": (404, b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n"),
    "a path that climbs": (404, b"GET /v1/../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n"),
    "a path of somebody else": (404, b"GET //x/v1/orders HTTP/1.1\r\n" + HOST + b"\r\n"),
    "half an escape": (404, b"GET /v1/orders/% HTTP/1.1\r\n" + HOST + b"{key}\r\n"),
    "no escape": (404, b"GET /v1/orders/%zz HTTP/1.1\r\n" + HOST + b"{key}\r\n"),
    "an escape that is no UTF-8": (404, b"GET /v1/orders/%ff HTTP/1.1\r\n" + HOST + b"{key}\r\n"),
    "an escaped NUL": (404, b"GET /v1/orders/%00 HTTP/1.1\r\n" + HOST + b"{key}\r\n"),
    "the same in the query": (422, b"GET /v1/orders?customer=%00 HTTP/1.1\r\n" + HOST + b"{key}\r\n"),
    "bytes as a key": (401, b"GET /v1/orders HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \xff\r\n\r\n"),
    "bytes as a type": (415, POST + b"{key}Content-Type: \xff/\xfe\r\nContent-Length: 2\r\n\r\n{}"),
    "a whole address": (401, b"GET http://x/v1/orders HTTP/1.1\r\n" + HOST + b"\r\n"),
    "a host that is none": (401, b"GET /v1/orders HTTP/1.1\r\nHost: [::\r\n\r\n"),
    "HTTP/1.0": (401, b"GET /v1/orders HTTP/1.0\r\n\r\n"),
    "a coding": (415, JSON + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
}
"""These are requests, if odd ones."""


@contextmanager
def connected(api: Api) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", api.port), timeout=30) as connection:
        yield connection


def send(api: Api, connection: socket.socket, raw: bytes) -> None:
    connection.sendall(raw.replace(b"{key}", f"Authorization: Bearer {api.key}\r\n".encode()))


def answer(connection: socket.socket) -> tuple[int, Any]:
    """The next one, which is a problem as all of them are. Raises EOFError for none."""
    with connection.makefile("rb") as came:
        status = came.readline().split()
        if not status:
            raise EOFError
        lines = iter(came.readline, b"\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.decode().partition(":") for x in lines)
        }
        body = json.loads(came.read(int(headers["content-length"])))
    assert headers["content-type"].startswith("application/problem+json")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert UUID(headers["x-request-id"])
    assert body["status"] == int(status[1])
    assert body["type"].startswith("/problems/")
    return body["status"], body


def closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_request(api: Api, raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with connected(api) as connection:
        send(api, connection, raw)
        assert answer(connection)[1]["type"] == "/problems/malformed"
        assert closed(connection)
    assert_told_in_a_line(caplog)


@pytest.mark.parametrize("raw", TOO_LARGE.values(), ids=list(TOO_LARGE))
def test_a_head_that_is_too_large(api: Api, raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with connected(api) as connection:
        send(api, connection, raw)
        assert answer(connection)[1]["type"] == "/problems/head-too-large"
        assert closed(connection)
    assert_told_in_a_line(caplog)


def assert_told_in_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """Of what came nothing is in it; it may be a secret."""
    [told] = [record for record in caplog.records if record.levelno > logging.DEBUG]
    assert isinstance(told.msg, dict)
    assert told.msg["event"] == "request.refused"
    assert not told.exc_info
    assert "aaaa" not in str(told.msg)


@pytest.mark.parametrize(("status", "raw"), ODD.values(), ids=list(ODD))
def test_odd_requests(api: Api, tx: Any, status: int, raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with connected(api) as connection:
        send(api, connection, raw)
        assert answer(connection)[0] == status
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_document_that_breaks_half_way(
    api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bodies, "READ_WITHIN", 0.2)
    with connected(api) as connection:
        send(api, connection, JSON + CHUNKED + b"1\r\n{\r\n")
        api.get("/health/live")  # so what follows comes alone
        connection.sendall(b"XX\r\n")
        assert answer(connection)[0] in (400, 408)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_who_hangs_up_half_way_is_no_fault_of_ours(
    url: str, tx: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with served(url, cancelling=False) as api:
        with connected(api) as connection:
            send(api, connection, JSON + b"Content-Length: 100\r\n\r\n{")
            api.get("/health/live")
        eventually(lambda: "/v1/orders" in caplog.text, "it is noticed")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_WITHIN", 0.2)


def test_who_says_nothing_is_not_listened_to(api: Api, hasty: None) -> None:
    with connected(api) as connection:
        assert closed(connection)


@pytest.mark.parametrize("first", [b"", b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n"])
def test_a_head_that_does_not_end(api: Api, hasty: None, first: bytes) -> None:
    """Also behind another request."""
    with connected(api) as connection:
        connection.sendall(first)
        if first:
            assert answer(connection)[0] == 404
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert answer(connection)[1]["type"] == "/problems/too-slow"
        assert closed(connection)


def test_a_head_that_comes_byte_by_byte(api: Api, hasty: None) -> None:
    with connected(api) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nName: ")

        def ended() -> bool:
            try:
                connection.send(b"a")
            except OSError:
                return True
            return False

        eventually(ended, "nobody listens any more")


def test_a_document_may_take_longer_than_a_head(api: Api, tx: Any, hasty: None) -> None:
    body = json.dumps(order(currency="eur")).encode()
    with connected(api) as slow, connected(api) as silent:
        send(api, slow, JSON + b"Content-Length: %d\r\n\r\n" % len(body))
        assert closed(silent)
        slow.sendall(body)
        assert answer(slow)[0] == 422


def test_connections_are_counted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n"
    with served(url, http_clients=3) as api, ExitStack() as others:
        for _ in range(3):
            connection = others.enter_context(connected(api))
            connection.sendall(lives)
            assert answer(connection)[0] == 404
        with connected(api) as surplus:
            surplus.sendall(lives)
            assert answer(surplus)[0] == 503
            assert closed(surplus)
        monkeypatch.setattr(server, "SURPLUS_WITHIN", 0.1)
        with connected(api) as silent:
            assert closed(silent)
        others.close()

        def room() -> bool:
            with connected(api) as connection:
                connection.sendall(lives)
                return answer(connection)[0] == 404

        eventually(room, "there is room again")
