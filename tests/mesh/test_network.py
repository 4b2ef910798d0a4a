"""The network between programs and servers: cut, frozen, slow, away. Nothing is lost or doubled."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from counting import counted, numbers, settled
from programs import Start, eventually
from proxy import Proxy

from mesh import outbox
from mesh.broker import TIMEOUT


@pytest.fixture
def behind() -> Iterator[Callable[[str], Proxy]]:
    """Puts a proxy before a server, for as long as the test lasts."""
    proxies: list[Proxy] = []

    def behind(url: str) -> Proxy:
        proxies.append(Proxy(url).__enter__())
        return proxies[-1]

    yield behind
    for proxy in proxies:
        proxy.__exit__()


Behind = Callable[[str], Proxy]
PART = 400
NOTICED = 45.0
"""Seconds after which both sides have given a dead connection up, and all of it has come again."""


def in_parts(send: Any, tx: Any, parts: int, disturb: Callable[[], object]) -> int:
    """Send messages, and disturb while each part of them is under way. Returns how many there were."""
    for part in range(parts):
        send(*numbers(part * PART, part * PART + PART))
        eventually(lambda part=part: len(counted(tx)) > part * PART, "some are counted")
        disturb()
    return parts * PART


def test_a_worker_whose_connection_is_cut_goes_on(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    worker = start("worker", BROKER_URL=proxy.url).ready()
    start("relay").ready()
    settled(tx, in_parts(send, tx, 5, proxy.cut))
    assert worker.alive


def test_a_relay_that_is_cut_while_it_publishes_goes_on(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    start("worker").ready()
    relay = start("relay", BROKER_URL=proxy.url).ready()
    settled(tx, in_parts(send, tx, 5, proxy.cut))
    assert relay.alive


def test_a_network_that_forwards_nothing_is_waited_for(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    start("worker", BROKER_URL=proxy.url).ready()
    relay = start("relay", BROKER_URL=proxy.url).ready()
    send(*numbers(0, PART))
    eventually(lambda: counted(tx), "some are counted")
    with proxy.frozen():
        send(*numbers(PART, 2 * PART))
        eventually(lambda: relay.events("relay.waiting"), "the relay notices", 4 * TIMEOUT)
    settled(tx, 2 * PART)


def test_connections_that_are_dead_and_open_are_given_up(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    worker = start("worker", BROKER_URL=proxy.url).ready()
    relay = start("relay", BROKER_URL=proxy.url).ready()
    send(*numbers(0, PART))
    eventually(lambda: len(counted(tx)) == PART, "all are counted")
    assert proxy.forget()
    send(*numbers(PART, 2 * PART))
    settled(tx, 2 * PART, NOTICED)
    assert worker.alive
    assert relay.alive


def test_a_slow_network_is_only_slow(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    proxy.delay = 0.02
    start("worker", BROKER_URL=proxy.url).ready()
    start("relay", BROKER_URL=proxy.url).ready()
    send(*numbers(0, PART))
    settled(tx, PART)


def test_a_broker_that_comes_up_last_is_waited_for(
    start: Start, send: Any, tx: Any, broker_url: str, behind: Behind
) -> None:
    proxy = behind(broker_url)
    with proxy.away():
        worker = start("worker", BROKER_URL=proxy.url)
        relay = start("relay", BROKER_URL=proxy.url)
        send(*numbers(0, PART))
        for program in (worker, relay):
            eventually(lambda program=program: program.events(f"{program.role}.waiting"), "it waits")
    settled(tx, PART)


def test_a_database_that_is_away_is_waited_for(
    start: Start, send: Any, tx: Any, url: str, behind: Behind
) -> None:
    proxy = behind(url)
    worker = start("worker", DATABASE_URL=proxy.url).ready()
    start("relay").ready()
    send(*numbers(0, PART))
    eventually(lambda: counted(tx), "some are counted")
    with proxy.away():
        send(*numbers(PART, 2 * PART))
        eventually(lambda: worker.events("worker.waiting"), "the worker notices")
        eventually(lambda: worker.said["state"] == "waiting", "its heartbeat tells")
        assert worker.said["needs"].startswith("database: ")
        eventually(lambda: outbox.next_due(tx) is None, "all is on the broker")
        assert worker.said["state"] == "waiting", "it goes on telling"
    settled(tx, 2 * PART)
    worker.ready()
    assert "needs" not in worker.said


def test_a_database_that_answers_nothing_is_waited_for(
    start: Start, send: Any, tx: Any, url: str, behind: Behind
) -> None:
    proxy = behind(url)
    start("worker", DATABASE_URL=proxy.url).ready()
    start("relay").ready()
    send(*numbers(0, PART))
    eventually(lambda: counted(tx), "some are counted")
    with proxy.frozen():
        send(*numbers(PART, 2 * PART))
        eventually(lambda: outbox.next_due(tx) is None, "all is on the broker")
        time.sleep(TIMEOUT)
    settled(tx, 2 * PART)
