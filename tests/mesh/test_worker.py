"""The worker and the relay as processes, on PostgreSQL and each kind of broker."""

import os
import signal
from typing import Any

import pytest
from counting import counted, numbers
from programs import Start, eventually
from sample import Greet, Work, ledger

from mesh import deadletters, outbox


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


def test_messages_that_turn_out_slow_let_others_pass(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    start("worker").ready()
    send(*(Work(text=f"fast {number}") for number in range(300)))
    eventually(lambda: len(ledger(tx, "work")) == 300, "the worker has learned that they are fast")
    slow = [f"slow {number}" for number in range(40)]
    send(*(Work(text=text, seconds=0.1) for text in slow), Greet(names=("Ada",)))
    eventually(lambda: ledger(tx, "greet"), "another message is handled")
    assert len(ledger(tx, "work")) < 320
    eventually(lambda: len(ledger(tx, "work")) == 340, "the slow ones too")
    assert sorted(ledger(tx, "work")[300:]) == sorted(slow)


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
