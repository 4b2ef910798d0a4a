"""What is RabbitMQ's alone: refusals, returns, its own limit, and a node that freezes or dies."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import pytest
from amqp import Message
from kombu import Connection
from programs import Program, eventually, frozen
from rabbit import ask, waiting
from sample import Count, ledger

from embedded.rabbitmq import RabbitMQ
from mesh import Unavailable, broker, deadletters, outbox, publisher, topology
from mesh.errors import Unroutable
from mesh.outbox import Outgoing
from mesh.publisher import Publisher

COMMAND, EVENT = "sample.count", "sample.greeted"


def message(name: str) -> Outgoing:
    return Outgoing(str(uuid4()), name, f"{name}.v1", None, "{}", 0)


@pytest.fixture
def broker_url(rabbitmq: RabbitMQ, rabbitmq_url: str) -> str:
    """These tests need the node itself in their hands."""
    return rabbitmq_url


@pytest.fixture
def sender(broker_url: str) -> Iterator[Publisher]:
    connected = publisher.connect(broker_url)
    yield connected
    connected.close()


@contextmanager
def policy(server: RabbitMQ, url: str, **definition: Any) -> Iterator[None]:
    """An operator's word on the queues of the sample service, for as long."""
    where = ("policies", url.rpartition("/")[2], "test")
    ask(server, "PUT", *where, body={"pattern": "^sample", "definition": definition, "apply-to": "queues"})
    yield
    ask(server, "DELETE", *where)


def test_a_command_waits_for_a_receiver_that_never_was_there(broker_url: str, sender: Publisher) -> None:
    sender.publish([message(COMMAND)])
    eventually(lambda: waiting(broker_url, "sample.v1") == 1, "it is in its receiver's queue")


def test_an_event_without_a_listener_is_kept(broker_url: str, sender: Publisher) -> None:
    sender.publish([message(EVENT)])
    eventually(lambda: waiting(broker_url, "mesh.unrouted") == 1, "it is with the unrouted")


def test_a_message_that_nothing_can_keep_comes_back(broker_url: str, sender: Publisher) -> None:
    sender.publish([message(EVENT)])
    with Connection(broker_url) as operator:
        operator.channel().queue_delete("mesh.unrouted")
    with pytest.raises(Unroutable, match=EVENT):
        sender.publish([message(COMMAND), message(EVENT)])
    sender.publish([message(EVENT)])  # it has declared anew what was missing
    eventually(lambda: waiting(broker_url, "mesh.unrouted") == 1, "it is with the unrouted")


def test_a_refused_message_is_told_and_can_be_sent_later(
    rabbitmq: RabbitMQ, broker_url: str, sender: Publisher
) -> None:
    with policy(rabbitmq, broker_url, **{"max-length": 1}):
        with pytest.raises(Unavailable, match="refused"):
            for _ in range(10):  # a quorum queue lets a few more in than its limit says
                sender.publish([message(COMMAND)])
    eventually(lambda: accepted(sender, message(COMMAND)), "there is room again")


def test_what_reaches_the_brokers_own_limit_is_kept(
    rabbitmq: RabbitMQ, broker_url: str, sender: Publisher
) -> None:
    with policy(rabbitmq, broker_url, **{"delivery-limit": 1}), Connection(broker_url) as connection:
        sender.publish([message(COMMAND)])
        eventually(lambda: looked_at(connection, "sample.v1") == "nothing", "it came back too often")
    eventually(lambda: waiting(broker_url, "mesh.dead") == 1, "it is with the dead")


def test_a_frozen_broker_holds_a_sender_for_seconds_only(
    rabbitmq: RabbitMQ, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rabbitmq.publisher", "broker"):
        monkeypatch.setattr(f"mesh.{module}.TIMEOUT", 0.5)
    with closing(publisher.connect(broker_url)) as sender:
        sender.publish([message(COMMAND)])
        with frozen(rabbitmq.pid):
            begun = time.monotonic()
            with pytest.raises(Unavailable):
                sender.publish([message(COMMAND)])
            with pytest.raises(Unavailable):  # now it cannot even connect
                sender.publish([message(COMMAND)])
            assert time.monotonic() - begun < 4  # a word each, and a second try to connect
        eventually(lambda: accepted(sender, message(COMMAND)), "it goes on")


def test_a_broker_that_restarts_loses_and_doubles_nothing(
    rabbitmq: RabbitMQ, start: Callable[[str], Program], tx: Any
) -> None:
    start("worker").ready()
    start("relay").ready()
    outbox.put(tx, *(Count(number=n) for n in range(3000)))
    eventually(lambda: ledger(tx, "count"), "some are counted")
    # Not killed: 3.10 may forget a quorum queue that is younger than a second or two (names.dets).
    rabbitmq.stop()
    rabbitmq.start()
    rabbitmq.wait_until_ready()
    eventually(lambda: len(ledger(tx, "count")) >= 3000, "all are counted")
    assert sorted(map(int, ledger(tx, "count"))) == list(range(3000))


def test_a_routing_key_that_is_no_text_ends_no_worker(
    start: Callable[[str], Program], broker_url: str, tx: Any
) -> None:
    worker = start("worker").ready()
    key = b"\xff." * 28 + b"sample.greet.v2"  # as a delay's, whose 28 bits RabbitMQ takes as they are
    with Connection(broker_url) as connection:
        channel = connection.channel()
        eventually(lambda: delivered(channel, key), "the worker is bound to its delays")
    eventually(lambda: [d.reason for d in deadletters.listed(tx)] == ["malformed"], "it is kept")
    assert worker.alive


def delivered(channel: Any, key: bytes) -> bool:
    """Whether there was a queue for it."""
    returned: list[Any] = []
    channel.events["basic_return"].add(lambda *what: returned.append(what))
    channel.basic_publish_confirm(
        Message(b"x", delivery_mode=2), exchange=topology.DELAYED.name, routing_key=key, mandatory=True
    )
    return not returned


def accepted(sender: Publisher, sent: Outgoing) -> bool:
    try:
        sender.publish([sent])
    except Unavailable:
        return False
    return True


def looked_at(connection: Connection, queue: str) -> str:
    """Take a message and give it back."""
    taken = connection.default_channel.basic_get(queue)
    if taken is None:
        return "nothing"
    connection.default_channel.basic_reject(taken.delivery_tag, requeue=True)
    return "something"


@pytest.mark.parametrize(("scheme", "tls"), [("amqp", False), ("amqps", True)])
def test_the_scheme_asks_for_tls(scheme: str, tls: bool) -> None:
    connection = broker.connection(f"{scheme}://somewhere")
    assert bool(connection.transport.client.ssl) is tls
