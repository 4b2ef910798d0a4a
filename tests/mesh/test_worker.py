"""The worker and the relay as processes, on PostgreSQL and each kind of broker."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import Program, eventually
from redis import Redis
from sample import Count, Greet, ledger

from contracts import Message
from mesh import deadletters, outbox
from mesh.outbox import Outgoing
from mesh.publisher import connect

Start = Callable[[str], Program]


@pytest.fixture
def start(url: str, broker_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the sample service's worker or relay."""
    started: list[Program] = []

    def start(role: str, **environment: str) -> Program:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        paths = os.pathsep.join(["deploy", "tests/support"])
        program = Program(
            "sample",
            role,
            folder=folder,
            DATABASE_URL=url,
            BROKER_URL=broker_url,
            PYTHONPATH=paths,
            **environment,
        )
        started.append(program)
        return program.start()

    yield start
    for program in started:
        program.destroy()


@pytest.fixture
def send(tx: Any) -> Callable[..., None]:
    """Puts messages into the outbox, committed."""
    return lambda *messages: outbox.put(tx, *messages)


def publish(broker_url: str, body: str, task: str = "sample.greet", queue: str = "sample.v1") -> None:
    """Put something onto a queue as it is. `envelope` is spliced in unread, so it may be anything."""
    from uuid import uuid4

    publisher = connect(broker_url, "optional")
    publisher.publish([Outgoing(uuid4(), task, None, queue, body, 0)])
    publisher.close()


def counted(tx: Any) -> list[int]:
    return sorted(map(int, ledger(tx, "count")))


def numbers(start: int, stop: int) -> list[Message]:
    return [Count(number=n) for n in range(start, stop)]


def test_sent_is_relayed_and_handled(start: Start, send: Any, tx: Any) -> None:
    start("worker").ready()
    start("relay").ready()
    send(Greet(names=("Ada",)), *numbers(0, 500))
    eventually(lambda: len(counted(tx)) == 500, "500 messages are counted")
    assert ledger(tx, "greet") == ["Ada"]


def test_the_receiver_may_come_up_last(start: Start, send: Any, tx: Any) -> None:
    relay = start("relay").ready()
    send(*numbers(0, 50))
    eventually(lambda: outbox.next_due(tx) is None, "the outbox is empty")
    assert relay.stop() == 0
    start("worker").ready()
    eventually(lambda: len(counted(tx)) == 50, "50 messages are counted")


@pytest.mark.timeout(90)
def test_killed_workers_and_relays_lose_and_double_nothing(start: Start, send: Any, tx: Any) -> None:
    worker, relay = start("worker").ready(), start("relay").ready()
    for part in range(4):
        send(*numbers(part * 500, part * 500 + 500))
        eventually(lambda part=part: len(counted(tx)) > part * 400, "some are counted")
        worker.kill()
        relay.kill()
        worker, relay = start("worker"), start("relay")
    eventually(lambda: len(counted(tx)) >= 2000, "2000 messages are counted")
    assert counted(tx) == list(range(2000))


def test_a_message_that_kills_its_child_ends_as_a_dead_letter(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    worker = start("worker").ready()
    send(*(Greet(names=(name,)) for name in ("Ada", "die", "Bob")))
    [letter] = eventually(lambda: deadletters.listed(tx), "it is a dead letter", 60)
    assert letter.reason == "poison"
    eventually(lambda: len(ledger(tx, "greet")) == 2, "its neighbours are handled")
    assert sorted(ledger(tx, "greet")) == ["Ada", "Bob"]
    assert worker.alive


@pytest.mark.parametrize("task", ["sample.greet", "sample.unheard_of", "celery.ping", "", "a" * 300])
def test_nonsense_is_kept_and_the_worker_goes_on(
    start: Start, send: Any, tx: Any, broker_url: str, task: str
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    for body in ('{"no": "envelope"}', "not json at all", '"\\u0000"'):
        publish(broker_url, body, task)
    eventually(lambda: len(deadletters.listed(tx)) == 3, "three dead letters")
    send(Greet(names=("Ada",)))
    eventually(lambda: ledger(tx, "greet") == ["Ada"], "the worker still works")
    assert worker.alive


@pytest.mark.parametrize("broker_url", ["valkey", "redis"], indirect=True)
@pytest.mark.parametrize(
    "entry",
    [
        {"anything": "at all"},
        {"body": b"\xff", "rest": "not json"},
        {"body": "[]", "rest": "[1]"},
        {"body": "[]", "rest": '{"headers": 1, "properties": {"delivery_info": {"deaths": "x"}}}'},
    ],
)
def test_an_entry_that_nobody_of_ours_wrote_is_kept_too(
    start: Start, tx: Any, broker_url: str, entry: dict[str, Any]
) -> None:
    worker = start("worker").ready()
    with Redis.from_url(broker_url.removeprefix("streams+")) as server:
        server.xadd("stream:sample.v1", entry)
    eventually(lambda: len(deadletters.listed(tx)) == 1, "it is a dead letter")
    assert worker.alive


def test_a_stopped_worker_gives_back_what_it_did_not_begin(start: Start, send: Any, tx: Any) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    send(*numbers(0, 3000))
    eventually(lambda: counted(tx), "some are counted")
    assert worker.stop() == 0
    start("worker").ready()
    eventually(lambda: len(counted(tx)) >= 3000, "all are counted", 5)  # at once: nothing has to be claimed
    assert counted(tx) == list(range(3000))


def test_a_relay_waits_for_a_broker_that_is_away(start: Start, send: Any, tx: Any) -> None:
    start("worker").ready()
    relay = start("relay").ready()
    os.kill(relay.pid, signal.SIGSTOP)
    send(Greet(names=("Ada",)))
    assert ledger(tx, "greet") == []
    os.kill(relay.pid, signal.SIGCONT)
    eventually(lambda: ledger(tx, "greet") == ["Ada"], "it is handled")


def test_every_line_of_a_delivery_tells_whose_it_is(start: Start, send: Any, tx: Any) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    send(Greet(names=("retry",)))
    [line, *_] = eventually(lambda: worker.events("delivery.retried"), "a retry is logged")
    assert {"service", "build", "role", "message", "message_id", "correlation_id", "attempt"} <= set(line)
    assert (line["service"], line["build"], line["attempt"]) == ("sample", "1.0", 1)
    eventually(lambda: deadletters.listed(tx), "it ends as a dead letter")
