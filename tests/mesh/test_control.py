"""Remote control: whatever is said there, the worker goes on, and answers."""

from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from control import GARBAGE, PUBLISHED, publish, say
from counting import numbers, settled
from programs import Program, Start, eventually

from mesh import broker

Send = Callable[..., None]


@pytest.fixture
def answers(broker_url: str) -> Callable[[], bool]:
    """Whether a worker of the sample service answers a ping."""
    broker.register()
    app = Celery(set_as_current=False, broker=broker_url)
    app.conf.update(
        control_exchange="sample.control", control_queue_exclusive=False, control_queue_durable=True
    )
    return lambda: [list(said.values()) for said in app.control.ping(timeout=1)] == [[{"ok": "pong"}]]


def test_whatever_is_said_the_worker_goes_on_and_answers(
    start: Start, send: Send, tx: Any, broker_url: str, answers: Callable[[], bool]
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    eventually(answers, "it answers")
    say(broker_url, GARBAGE.values())
    goes_on(worker, answers)
    send(*numbers(0, 100))
    settled(tx, 100)
    assert worker.alive


@pytest.mark.parametrize("broker_url", ["valkey", "redis"], indirect=True)
def test_what_is_no_message_is_not_heard(start: Start, broker_url: str, answers: Callable[[], bool]) -> None:
    worker = start("worker").ready()
    eventually(answers, "it answers")
    publish(broker_url, PUBLISHED)
    goes_on(worker, answers)


def goes_on(worker: Program, answers: Callable[[], bool]) -> None:
    """It still answers, is the same process as before, and never lost its connection."""
    eventually(answers, f"it answers: {worker.log.read_text()[-3000:]}", 20)
    said = worker.log.read_text()
    troubles = ("Unrecoverable", "worker.waiting", "Connection to broker", "acks.lost", "dead_lettered")
    assert [trouble for trouble in troubles if trouble in said] == []
    assert worker.alive
