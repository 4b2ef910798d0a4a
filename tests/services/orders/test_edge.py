"""The edge itself: what comes in oddly, slowly or half, and what goes with every answer."""

import json
import socket
import time
from typing import Any

import pytest
from api import Api, served
from documents import order
from programs import eventually
from streams import following

from contracts import Envelope
from orders.api import bodies, chores, events

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def announced(tx: Any) -> list[Envelope]:
    return [Envelope.read(row[0]) for row in tx.execute("SELECT envelope FROM outbox")]


@pytest.mark.parametrize(
    "type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json"],
)
def test_a_document_is_json_and_called_so(api: Api, tx: Any, type: str | None) -> None:
    api.place(order(), **{"Content-Type": type}).problem(415)
    assert announced(tx) == []


@pytest.mark.parametrize("type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_its_name_may_be_written_otherwise(api: Api, tx: Any, type: str) -> None:
    assert api.place(order(), **{"Content-Type": type}).status == 201


def test_a_field_that_comes_twice_is_refused(api: Api, tx: Any) -> None:
    text = json.dumps(order()).replace('"sku":', '"quantity": 1, "sku":')
    problem = api.request("POST", "/v1/orders", data=text.encode()).problem(400)
    assert problem["title"] == "The document says 'quantity' twice."
    assert announced(tx) == []


def test_looking_for_them_takes_no_time(api: Api) -> None:
    """It took half a minute for as many fields as a document may have, and nobody else was answered."""
    fields = ", ".join(f'"{n}": 1' for n in [*range(20_000), 19_999])
    started = time.monotonic()
    api.request("POST", "/v1/orders", data=f"{{{fields}}}".encode()).problem(400)
    assert time.monotonic() - started < 5


def test_what_every_answer_says(api: Api, tx: Any) -> None:
    for answer in (api.place(order()), api.get("/v1/orders"), api.get("/nowhere"), api.get("/health/live")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "Meshwork"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_clients_trace_goes_on(api: Api, tx: Any) -> None:
    given = f"00-{TRACE}-00f067aa0ba902b7-01"
    api.place(order(), traceparent=given)
    for envelope in announced(tx):
        _, trace, span, flags = str(envelope.traceparent).split("-")
        assert (trace, flags) == (TRACE, "01")
        assert span != "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "given", ["", "x", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"01-{TRACE}-00f067aa0ba902b7-01"]
)
def test_what_is_no_trace_is_none(api: Api, tx: Any, given: str) -> None:
    assert api.place(order(), traceparent=given).status == 201
    assert {envelope.traceparent for envelope in announced(tx)} == {None}


def sent(api: Api, head: str, body: bytes, *, hang_up: bool = False) -> bytes:
    """What comes back on a connection of our own."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        lines = ["POST /v1/orders HTTP/1.1", "Host: x", f"Authorization: Bearer {api.key}", *head.split("\n")]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        if hang_up:
            return b""
        return connection.recv(65536)


def test_a_document_that_does_not_come_is_not_waited_for(
    api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_WITHIN", 0.2)
    answer = sent(api, "Content-Type: application/json\nContent-Length: 100", b'{"currency"')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"/problems/too-slow" in answer
    assert announced(tx) == []


def test_who_hangs_up_half_way_has_ordered_nothing(api: Api, tx: Any) -> None:
    body = json.dumps(order()).encode()
    head = f"Content-Type: application/json\nContent-Length: {len(body)}"
    sent(api, head, body[:-1], hang_up=True)
    assert api.get("/v1/orders").json["orders"] == []


def test_who_leaves_a_stream_gives_its_place_back(url: str, tx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing is written to it, and as it is served: no handler is cancelled there."""
    monkeypatch.setattr(events, "_HEARTBEAT", 3600)
    with served(url, cancelling=False) as api:
        with following(api, "/v1/events"):
            assert api.application[events.BELL].listeners("tests") == 1
        eventually(lambda: api.application[events.BELL].listeners("tests") == 0, "its place is free")


def test_answers_are_forgotten_after_a_day(api: Api, tx: Any) -> None:
    for number in range(3):
        api.place(order(), **{"Idempotency-Key": str(number)})
    tx.execute("UPDATE answers SET at = now() - interval '25 hours' WHERE key <> '2'")
    api.run(chores.tidy(api.application))
    assert tx.execute("SELECT key FROM answers").fetchall() == [("2",)]


def test_lines_in_the_log_tell_of_nobody(api: Api, tx: Any, caplog: pytest.LogCaptureFixture) -> None:
    api.place(order(customer={"email": "secret@example.com", "name": "Secret Name"}))
    api.place(order(customer={"email": "secret@example", "name": "Secret Name"})).problem(422)
    api.get("/v1/orders?customer=secret@example.com")
    log = caplog.text
    assert log.count("request.handled") == 3
    assert "Secret" not in log
    assert "secret@" not in log
    assert api.key not in log
