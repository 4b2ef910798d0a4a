"""The relay under a backlog, when both of its hands are at work."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from counting import numbers, settled
from programs import Start, eventually
from proxy import Proxy

from mesh import broker, outbox
from mesh.relay import BATCH
from mesh.topology import queue_name

MANY = 10 * BATCH + 1


@pytest.fixture
def proxy(broker_url: str) -> Iterator[Proxy]:
    with Proxy(broker_url) as proxy:
        yield proxy


def test_a_backlog_goes_out_in_order(start: Start, send: Any, tx: Any, broker_url: str) -> None:
    send(*numbers(0, MANY))
    start("relay").ready()
    eventually(lambda: outbox.next_due(tx) is None, "all is on the broker")
    assert published(broker_url) == list(range(MANY))


def test_a_backlog_whose_connection_is_cut_arrives_once(
    start: Start, send: Any, tx: Any, proxy: Proxy
) -> None:
    send(*numbers(0, MANY))
    relay = start("relay", BROKER_URL=proxy.url).ready()
    start("worker").ready()
    for left in (8 * BATCH, 5 * BATCH, 2 * BATCH):
        eventually(lambda left=left: waiting(tx) <= left, f"no more than {left} wait")
        proxy.cut()
    settled(tx, MANY)
    assert relay.stop() == 0


def published(broker_url: str) -> list[int]:
    """What lies in the queue, in its order: a worker that changes its prefetch mixes RabbitMQ's."""
    with broker.connection(broker_url) as connection:
        get = partial(connection.default_channel.basic_get, queue_name("sample", 1), no_ack=True)
        return [json.loads(message.body)[0][0]["data"]["number"] for message in iter(get, None)]


def waiting(tx: Any) -> int:
    """Rows in the outbox."""
    return int(tx.execute("SELECT count(*) FROM outbox").fetchone()[0])
