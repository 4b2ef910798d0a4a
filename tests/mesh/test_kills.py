"""Processes and servers that stop, pause and die under load. Nothing is lost and nothing is doubled."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from counting import counted, numbers, settled
from programs import Program, Start, eventually, frozen
from redis import Redis

from embedded.binaries import VALKEY, valkey_program
from embedded.process import Process
from embedded.valkey import Valkey
from mesh import outbox
from mesh.broker import TIMEOUT
from mesh.streams.store import LEASE

MANY = 3000


@pytest.fixture
def server(request: pytest.FixtureRequest, broker_url: str) -> Process:
    """The server behind `broker_url`."""
    return request.getfixturevalue(request.node.callspec.params["broker_url"])


def family(program: Program) -> list[int]:
    """A worker and its children."""
    return [program.pid, *(child.pid for child in psutil.Process(program.pid).children(recursive=True))]


def handled(worker: Program) -> bool:
    return bool(worker.events("batch.handled"))


def test_two_workers_share_what_there_is(start: Start, send: Any, tx: Any) -> None:
    workers = [start("worker").ready(), start("worker").ready()]
    start("relay").ready()
    send(*numbers(0, MANY))
    settled(tx, MANY)
    assert all(handled(worker) for worker in workers)


def test_a_paused_worker_comes_back_to_messages_that_others_handled(
    start: Start, send: Any, tx: Any, broker_url: str
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    send(*numbers(0, MANY))
    eventually(lambda: counted(tx), "some are counted")
    with frozen(worker.pid):  # not its child: that would hold its transaction's locks meanwhile
        start("worker").ready()
        if broker_url.startswith("streams"):
            eventually(lambda: len(counted(tx)) == MANY, "the other takes them over", LEASE + 20)
        else:  # RabbitMQ gives a worker up after two missed heartbeats, which takes a minute
            time.sleep(LEASE)
    settled(tx, MANY)
    assert worker.alive


def test_a_killed_child_takes_nothing_with_it(start: Start, send: Any, tx: Any) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    for part in range(3):
        send(*numbers(part * 500, part * 500 + 500))
        eventually(lambda part=part: len(counted(tx)) > part * 500, "some are counted")
        os.kill(family(worker)[-1], signal.SIGKILL)
    settled(tx, 1500)
    assert worker.alive


def test_a_stop_under_load_is_quick_and_gives_everything_back(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    send(*numbers(0, MANY))
    for _ in range(3):
        worker = start("worker").ready()
        eventually(lambda: handled(worker), "some are counted")  # noqa: B023 it is called at once
        begun = time.monotonic()
        assert worker.stop() == 0
        assert time.monotonic() - begun < 10
    start("worker").ready()
    settled(tx, MANY, 20)


def test_a_broker_that_is_frozen_for_longer_than_every_timeout(
    start: Start, send: Any, tx: Any, server: Process
) -> None:
    worker, relay = start("worker").ready(), start("relay").ready()
    send(*numbers(0, 500))
    eventually(lambda: counted(tx), "some are counted")
    assert server.pid
    with frozen(server.pid):
        send(*numbers(500, 1000))
        eventually(lambda: relay.events("relay.waiting"), "the relay notices", 4 * TIMEOUT)
        time.sleep(LEASE)
    settled(tx, 1000)
    assert worker.alive
    assert relay.alive


@pytest.fixture
def durable(request: pytest.FixtureRequest, state: Path, broker_url: str) -> Iterator[tuple[Process, str]]:
    """A server that keeps what it has confirmed, and where to reach it: killed, it comes back the same."""
    kind = request.node.callspec.params["broker_url"]
    if kind == "rabbitmq":
        yield request.getfixturevalue(kind), broker_url
        return
    program = valkey_program(VALKEY) if kind == "valkey" else request.getfixturevalue(kind)._program
    server = Valkey(state / f"durable-{kind}", durable=True, program=program)
    server._settings["appendfsync"] = "always"
    with server:
        yield server, server.url


def test_a_broker_that_is_killed_comes_back_with_everything(
    start: Start, send: Any, tx: Any, durable: tuple[Process, str]
) -> None:
    server, url = durable
    worker, relay = start("worker", BROKER_URL=url).ready(), start("relay", BROKER_URL=url).ready()
    send(*numbers(0, MANY))
    eventually(lambda: counted(tx), "some are counted")
    server.kill()
    send(*numbers(MANY, MANY + 500))
    eventually(lambda: relay.events("relay.waiting"), "the relay notices")
    server.start()
    server.wait_until_ready()
    settled(tx, MANY + 500)
    assert worker.alive
    assert relay.alive


@pytest.mark.parametrize("broker_url", ["valkey", "redis"], indirect=True)
def test_a_server_that_forgot_everything_is_declared_to_again(
    start: Start, send: Any, tx: Any, broker_url: str
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    send(*numbers(0, 10))
    settled(tx, 10)
    for part in range(1, 4):
        with Redis.from_url(broker_url.removeprefix("streams+")) as server:
            server.flushdb()
        send(*numbers(part * 10, part * 10 + 10))
        settled(tx, part * 10 + 10, 20)
    assert worker.alive
    assert outbox.next_due(tx) is None
