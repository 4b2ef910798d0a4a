"""The sample service's worker and relay as processes, on SQS."""

import signal
import time
from typing import Any
from uuid import uuid4

import pytest
from counting import counted, numbers
from programs import Start, eventually
from proxy import Proxy
from sample import Greet, ledger
from sqsserver import Queues

from mesh import broker, deadletters, outbox, topology

PATIENT = "visibility_timeout=300&wait_time_seconds=1"

NONSENSE = [
    "not json at all",
    "aGVsbG8=",
    "[" * 5000,
    '{"properties": 1, "body": 2}',
    '{"properties": {}, "headers": [], "body": "x"}',
    '{"properties": {"body_encoding": "base64"}, "headers": {}, "body": "%"}',
    '{"properties": {"body_encoding": "rot13"}, "headers": {"task": "sample.greet"}, "body": "[]"}',
    '{"properties": {}, "headers": {"task": "sample.unheard_of"}, "body": "[[], {}, {}]"}',
    '{"__type__": "uuid", "__value__": "x"}',
]


def test_sent_is_relayed_and_handled_once(start: Start, send: Any, tx: Any) -> None:
    start("worker").ready()
    start("relay").ready()
    send(Greet(names=("Ada",)), *numbers(0, 200))
    eventually(lambda: len(counted(tx)) >= 200, "200 messages are counted")
    eventually(lambda: ledger(tx, "greet") == ["Ada"], "Ada is greeted")
    assert counted(tx) == list(range(200))


def test_the_receiver_may_come_up_last(start: Start, send: Any, tx: Any, queues: Queues) -> None:
    relay = start("relay").ready()
    send(*numbers(0, 30))
    eventually(lambda: outbox.next_due(tx) is None, "the outbox is empty")
    assert relay.stop() == 0
    assert queues.names() == {"sample-v1"}
    start("worker").ready()
    eventually(lambda: counted(tx) == list(range(30)), "30 messages are counted")


def test_a_retry_is_tried_again_and_a_rejection_is_a_dead_letter(start: Start, send: Any, tx: Any) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    send(Greet(names=("retry",)), Greet(names=("reject",)))
    letters = eventually(lambda: len(found := deadletters.listed(tx)) == 2 and found, "two dead letters")
    assert sorted((letter.reason, letter.attempts) for letter in letters) == [
        ("exhausted", 3),
        ("rejected", 1),
    ]
    assert [line["attempt"] for line in worker.events("delivery.retried")] == [1, 2]


def test_what_a_celery_client_sends_is_handled(start: Start, tx: Any, broker_url: str) -> None:
    """In kombu's own form, base64 in base64; and kombu declares a queue once, whatever is sent there next."""
    start("worker", POOL="threads").ready()
    with broker.connection(broker_url) as client:
        for name, fields in (("sample.double", {"number": 1}), ("sample.count", {"number": 2})):
            queue = topology.command_queue(topology.routing_key(name, 1))
            client.Producer().publish(
                [[], fields, {}],
                exchange=queue.exchange,
                routing_key=queue.routing_key,
                declare=[queue],
                headers={"task": name, "id": str(uuid4())},
            )
    eventually(lambda: ledger(tx, "double") == ["1"] and counted(tx) == [2], "both are handled")


def test_nonsense_is_kept_and_the_worker_goes_on(start: Start, send: Any, tx: Any, queues: Queues) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    for text in NONSENSE:
        queues.put("sample-v1", text)
    letters = eventually(
        lambda: len(found := deadletters.listed(tx)) == len(NONSENSE) and found, "all are kept"
    )
    assert {letter.queue for letter in letters} == {"sample.v1"}
    send(Greet(names=("Ada",)))
    eventually(lambda: ledger(tx, "greet") == ["Ada"], "the worker still works")
    assert worker.alive


def test_what_a_killed_worker_held_comes_again(
    start: Start, send: Any, tx: Any, queues: Queues, unfinished: Any
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    with unfinished():
        send(*numbers(0, 20))
        eventually(lambda: queues.size("sample-v1", "NotVisible") == 20, "the worker holds them all")
        worker.destroy()
    assert queues.size("sample-v1", "NotVisible") == 20
    start("worker").ready()
    eventually(lambda: queues.empty("sample-v1"), "another worker has acknowledged them")
    assert counted(tx) == list(range(20))  # also those whose commit outlived the worker


@pytest.mark.parametrize("options", [PATIENT])
def test_a_stopped_worker_gives_back_what_it_did_not_begin(
    start: Start, send: Any, tx: Any, queues: Queues, unfinished: Any
) -> None:
    worker = start("worker").ready()
    start("relay").ready()
    with unfinished():
        send(*(Greet(names=(str(n),)) for n in range(40)))
        eventually(lambda: queues.size("sample-v2", "NotVisible") == 40, "the worker holds them all")
        worker.signal(signal.SIGTERM)
        time.sleep(1)  # it waits for what it has begun
    worker.wait()
    start("worker").ready()
    eventually(lambda: len(ledger(tx, "greet")) >= 40, "all are greeted, without waiting for five minutes")
    assert sorted(map(int, ledger(tx, "greet"))) == list(range(40))


def test_a_message_that_kills_its_child_ends_as_a_dead_letter(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    worker = start("worker").ready()
    send(*(Greet(names=(name,)) for name in ("Ada", "die", "Bob")))
    [letter] = eventually(lambda: deadletters.listed(tx), "it is a dead letter", 60)
    assert letter.reason == "poison"
    eventually(lambda: sorted(ledger(tx, "greet")) == ["Ada", "Bob"], "its neighbours are handled")
    assert worker.alive


def test_a_worker_and_a_relay_wait_for_a_server_that_is_away(
    start: Start, send: Any, tx: Any, broker_url: str
) -> None:
    with Proxy(broker_url) as proxy:
        worker = start("worker", BROKER_URL=proxy.url).ready()
        relay = start("relay", BROKER_URL=proxy.url).ready()
        with proxy.away():
            send(*numbers(0, 20))
            eventually(lambda: relay.events("relay.waiting"), "the relay says that it waits")
            time.sleep(2)
        eventually(lambda: counted(tx) == list(range(20)), "20 messages are counted")
    assert worker.alive
