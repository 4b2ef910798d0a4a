"""One order through the whole mesh, and what becomes of a thousand while its parts are killed and away."""

import os
import signal
import threading
import time
from collections import Counter
from typing import Any
from urllib.error import URLError

import pytest
from programs import eventually

from .conftest import Mesh, order

ORDERS = 1000


def figures(mesh: Mesh) -> list[tuple[Any, ...]]:
    return mesh.query("reports", "SELECT orders::int, items::int, amount::bigint FROM days")


def test_an_order_reaches_everyone(mesh: Mesh) -> None:
    status, placed = mesh.post(order("ada@example.com"))
    assert status == 201
    eventually(lambda: placed["id"] in mesh.done(), "each service has done its part")
    assert mesh.mails() == ["ada@example.com"]
    assert figures(mesh) == [(1, 2, 2598)]
    _, shown = mesh.get(f"/v1/orders/{placed['id']}")
    assert shown["receipt_sent_at"]
    _, timeline = mesh.get(f"/v1/orders/{placed['id']}/timeline")
    whats = [(entry["service"], entry["what"]) for entry in timeline["entries"]]
    assert whats[0] == ("orders", "order placed")
    assert set(whats[1:]) == {("emails", "receipt sent"), ("reports", "sale recorded")}


class Client(threading.Thread):
    """Places orders one after the other, each until it is accepted, as a client would that wants it once."""

    def __init__(self, mesh: Mesh, numbers: range) -> None:
        super().__init__()
        self._mesh = mesh
        self._numbers = numbers
        self.accepted: list[str] = []

    def run(self) -> None:
        for number in self._numbers:
            address = f"customer-{number}@example.com"
            while not self._place(address):
                time.sleep(0.1)

    def _place(self, address: str) -> bool:
        try:
            status, document = self._mesh.post(order(address), **{"Idempotency-Key": address})
        except (URLError, ConnectionError, TimeoutError):
            return False  # killed while it answered: it may have stored the order; asking again is safe
        if status == 201:
            self.accepted.append(document["id"])
        return status == 201


def _placed(clients: list[Client]) -> int:
    return sum(len(client.accepted) for client in clients)


@pytest.mark.timeout(900)
def test_killing_any_process_at_any_moment_loses_and_doubles_nothing(mesh: Mesh) -> None:
    clients = [Client(mesh, range(start, ORDERS, 4)) for start in range(4)]
    for client in clients:
        client.start()
    killed = 0
    while (accepted := _placed(clients)) < ORDERS:
        for program in mesh.programs.values():
            time.sleep(0.7)
            program.kill()
            program.start()
            killed += 1
        # An API that takes longer to come up than a round takes would never take an order again.
        eventually(lambda: _placed(clients) > accepted, "orders are taken again", 60)
    ids = {id for client in clients for id in client.accepted}
    stored = {str(id) for (id,) in mesh.query("orders", "SELECT id FROM orders")}
    assert stored == ids  # each once, however often its client had to ask
    eventually(lambda: mesh.done() >= stored, f"all {len(stored)} orders are done everywhere", 60)

    [[entries]] = mesh.query("orders", "SELECT count(*) FROM timeline")
    assert entries == 2 * len(stored)  # each once
    assert figures(mesh) == [(len(stored), 2 * len(stored), 2598 * len(stored))]
    # A mail that was handed over when its worker died, before that was recorded, goes out again: the
    # one narrow window. The service knows which ones these may be; any other second mail is an error.
    mails = Counter(mesh.mails())
    ordered = Counter(a for (a,) in mesh.query("orders", "SELECT email FROM orders"))
    again = Counter(dict(mesh.query("emails", "SELECT to_address, tries - 1 FROM mails WHERE tries > 1")))
    assert set(mails) == set(ordered)
    assert mails - ordered <= again
    print(f"{killed} kills, {len(stored)} orders, {sum((mails - ordered).values())} mails sent again")


def test_orders_are_taken_while_the_broker_is_down(mesh: Mesh) -> None:
    mesh.valkey.stop()
    ids = {mesh.post(order(f"{n}@example.com"))[1]["id"] for n in range(20)}
    assert len(ids) == 20
    assert mesh.mails() == []
    mesh.valkey.start()
    eventually(lambda: mesh.done() >= ids, "they flow when it is back", 60)
    assert sorted(mesh.mails()) == sorted(f"{n}@example.com" for n in range(20))


def test_nothing_is_half_done_while_the_database_is_down(mesh: Mesh) -> None:
    _, before = mesh.post(order("before@example.com"))
    eventually(lambda: before["id"] in mesh.done(), "one is done before")
    mesh.postgres.stop()
    status, problem = mesh.post(order("refused@example.com"))
    assert (status, problem["type"]) == (503, "/problems/unavailable")
    mesh.postgres.start()
    mesh.postgres.wait_until_ready()
    after = eventually(lambda: _accepted(mesh, "after@example.com"), "orders are taken again")
    eventually(lambda: after in mesh.done(), "and flow")
    assert sorted(mesh.mails()) == ["after@example.com", "before@example.com"]


def _accepted(mesh: Mesh, address: str) -> str | None:
    status, document = mesh.post(order(address))
    return document["id"] if status == 201 else None


def test_a_frozen_worker_that_comes_back_doubles_nothing(mesh: Mesh) -> None:
    ids = {mesh.post(order(f"{n}@example.com"))[1]["id"] for n in range(5)}
    frozen = mesh.programs["reports worker"]
    os.kill(frozen.pid, signal.SIGSTOP)
    ids |= {mesh.post(order(f"{n}@example.com"))[1]["id"] for n in range(5, 30)}
    time.sleep(7)  # longer than a lease: it counts as dead
    second = mesh.another("reports", "worker").start()
    eventually(lambda: mesh.done() >= ids, "another worker takes over", 30)
    os.kill(frozen.pid, signal.SIGCONT)
    ids.add(mesh.post(order("last@example.com"))[1]["id"])
    eventually(lambda: mesh.done() >= ids, "all are done", 30)
    time.sleep(1)  # whatever the frozen one still does, it does now
    assert figures(mesh) == [(31, 62, 31 * 2598)]
    assert second.stop() == 0
