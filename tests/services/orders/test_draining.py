"""An API that is told to stop: nothing that it took is lost, and nobody is cut off."""

import json
import signal
import socket

import pytest
from api import new_key
from callers import ask, figures, placing
from documents import order
from programs import Program, Start, eventually

from embedded.ports import free_port
from mesh.database import connect

LONG = {"DRAIN": "60"}


def port_of(program: Program) -> int:
    """Where it listens: it says so."""
    [said] = eventually(lambda: program.events("api.listening")[:1], "it listens")
    return int(said["at"][0].rpartition(":")[2])


def numbers(url: str) -> set[str]:
    with connect(url, "tests") as tx:
        return {row[0] for row in tx.execute("SELECT metadata->>'number' FROM orders")}


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("drain", ["0", "1"])
def test_another_one_takes_over(start: Start, own_url: str, processes: str, drain: str) -> None:
    """Clients that place orders all the time are told by each answer whether their connection stays."""
    how = {"HTTP_PROCESSES": processes, "DRAIN": drain}
    ports = [free_port(), free_port()]
    old, new = (start(HTTP_PORT=str(port), **how) for port in ports)
    old.ready(), new.ready()
    with placing(ports[:1], new_key(own_url)) as clients:
        eventually(lambda: len(clients.placed) > 100, "orders are placed")
        clients.ports = ports
        assert old.stop() == 0
        before = len(clients.placed)
        eventually(lambda: len(clients.placed) > before + 100, "more are placed")
    assert clients.lost == []
    assert set(clients.answers) <= {0, 201}  # 0: refused before it was taken
    assert clients.placed == numbers(own_url)


def test_a_new_one_shares_the_port_of_the_old_one(start: Start, own_url: str) -> None:
    how = {"HTTP_PROCESSES": "2", "HTTP_PORT": str(free_port()), "DRAIN": "1"}
    old = start(**how).ready()
    with placing([int(how["HTTP_PORT"])], new_key(own_url)) as clients:
        eventually(lambda: len(clients.placed) > 100, "orders are placed")
        start(**how).ready()
        assert old.stop() == 0
        before = len(clients.placed)
        eventually(lambda: len(clients.placed) > before + 100, "more are placed")
    assert clients.lost == []
    assert set(clients.answers) == {201}
    assert clients.placed == numbers(own_url)


def test_a_document_that_is_half_there_is_waited_for(start: Start, own_url: str) -> None:
    metrics = free_port()
    api = start(METRICS_PORT=str(metrics)).ready()
    body = json.dumps(order()).encode()
    lines = ["POST /v1/orders HTTP/1.1", "Host: x", f"Authorization: Bearer {new_key(own_url)}"]
    head = "\r\n".join([*lines, "Content-Type: application/json", f"Content-Length: {len(body)}", "", ""])
    with socket.create_connection(("127.0.0.1", port_of(api)), timeout=30) as client:
        client.sendall(head.encode() + body[:10])
        eventually(lambda: figures(metrics)["orders_http_requests_in_flight"] == 1, "it is being read")
        api.signal(signal.SIGTERM)
        eventually(lambda: is_refused(port_of(api)), "nobody else is let in")
        client.sendall(body[10:])
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert api.wait() == 0
    assert api.events("requests.abandoned") == []


def test_who_has_connected_is_served(start: Start, own_url: str) -> None:
    api = start().ready()
    port = port_of(api)
    api.signal(signal.SIGSTOP)
    clients = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(20)]
    for client in clients:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    api.signal(signal.SIGTERM)
    api.signal(signal.SIGCONT)
    for client in clients:
        with client:
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert api.wait() == 0


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_whoever_balances_load_is_told(start: Start, own_url: str) -> None:
    api = start(**LONG).ready()
    port = port_of(api)
    assert ask(port, "/health/ready").status == 200
    api.signal(signal.SIGTERM)
    refused = eventually(lambda: (said := ask(port, "/health/ready")).status == 503 and said, "it says so")
    assert refused.json["type"] == "/problems/stopping"
    assert int(refused.headers["Retry-After"]) > 0
    assert ask(port, "/health/live").status == 200
    placed = ask(port, "/v1/orders", order(), new_key(own_url))
    assert (placed.status, placed.headers["Connection"]) == (201, "close")
    eventually(lambda: api.said["state"] == "stopping", "its heartbeat says so, too")


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_second_signal_ends_it_at_once(start: Start, processes: str) -> None:
    api = start(HTTP_PROCESSES=processes, **LONG).ready()
    api.signal(signal.SIGTERM)
    eventually(lambda: len(api.events("api.draining")) == int(processes), "it stops")
    api.signal(signal.SIGTERM)
    assert api.wait() == {"1": -signal.SIGTERM, "2": 0}[processes]


def test_streams_end_at_once(start: Start, own_url: str) -> None:
    api = start(**LONG).ready()
    with socket.create_connection(("127.0.0.1", port_of(api)), timeout=30) as client:
        key = new_key(own_url)
        client.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        api.signal(signal.SIGTERM)
        while client.recv(65536):
            pass
    assert ask(port_of(api), "/health/ready").status == 503  # it is still at it
    [line] = [line for line in api.events("request.handled") if line["path"] == "/v1/events"]
    assert line["operation"] == "/v1/events"
    assert "gone" not in line
