"""The line that each request leaves in the log."""

import json
import socket
import struct
from typing import Any

import pytest
from api import Api, new_key
from callers import ask, figures
from documents import order
from programs import Program, Start, eventually

from embedded.ports import free_port
from orders import keys

Line = dict[str, Any]
RESET = struct.pack("ii", 1, 0)
"""What makes a socket end its connection without a goodbye."""


def the_line(log: pytest.LogCaptureFixture) -> Line:
    said = (record.msg for record in log.records if isinstance(record.msg, dict))
    [line] = [line for line in said if line["event"] == "request.handled"]
    return line


def test_it_says_who_asked_for_what_and_got_how_much(
    api: Api, tx: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/v1/orders/{api.place(order()).json['id']}"
    caplog.clear()
    answer = api.get(path)
    line = the_line(caplog)
    assert (line["method"], line["operation"], line["path"]) == ("GET", "/v1/orders/{id}", path)
    assert line["status"] == 200
    assert 0 < line["bytes"] - len(answer.text.encode()) < 1000  # with its head
    id, secret = keys.split(api.key) or ("", "")
    assert (line["key"], line["account"]) == (id, "tests")
    assert secret not in str(line)
    assert line["correlation_id"] == answer.headers["X-Request-Id"]
    assert "gone" not in line


def test_whose_key_opens_nothing_is_nobody(api: Api, tx: Any, caplog: pytest.LogCaptureFixture) -> None:
    api.place(order(), Authorization="Bearer mw_aaaaaaaaaaaa_" + 43 * "x").problem(401)
    assert {"key", "account"}.isdisjoint(the_line(caplog))


def connected(port: int, head: str, key: str) -> socket.socket:
    """A connection of our own, on which so much was asked for. It takes little at a time."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    ask_for(connection, head, key)
    return connection


def ask_for(connection: socket.socket, head: str, key: str) -> None:
    first, *headers = head.split("\n")
    lines = [f"{first} HTTP/1.1", "Host: x", f"Authorization: Bearer {key}", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())


def the_gone(program: Program) -> Line:
    def gone() -> list[Line]:
        return [line for line in program.events("request.handled") if line.get("gone")]

    [line] = eventually(gone, "a client is gone")
    return line


def test_who_goes_half_way_through_a_document_is_gone(start: Start, own_url: str) -> None:
    port, metrics = free_port(), free_port()
    program = start(HTTP_PORT=str(port), METRICS_PORT=str(metrics)).ready()
    body = json.dumps(order()).encode()
    head = f"POST /v1/orders\nContent-Type: application/json\nContent-Length: {len(body)}"
    with connected(port, head, new_key(own_url)) as client:
        client.sendall(body[:-1])
        eventually(lambda: figures(metrics)["orders_http_requests_in_flight"] == 1, "it is being read")
    line = the_gone(program)
    assert (line["status"], line["bytes"], line["account"]) == (499, 0, "tests")
    assert figures(metrics)["orders_http_clients_gone_total"] == 1
    assert program.events("request.failed") == []
    assert "Traceback" not in program.log.read_text()


def test_who_goes_half_way_through_an_answer_is_gone(start: Start, own_url: str) -> None:
    port, key = free_port(), new_key(own_url)
    program = start(HTTP_PORT=str(port)).ready()
    many = [{"sku": "T-1", "name": 190 * "x", "quantity": 1, "unit_price": 1}] * 100
    for _ in range(60):
        assert ask(port, "/v1/orders", order(lines=many), key).status == 201
    with connected(port, "GET /v1/orders?limit=60", key) as client:
        for _ in range(20):  # 1.5 MB each: the kernel would keep some for it
            ask_for(client, "GET /v1/orders?limit=60", key)
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    line = the_gone(program)
    assert (line["operation"], line["status"]) == ("/v1/orders", 200)
    assert program.events("request.failed") == []
    assert "Traceback" not in program.log.read_text()
