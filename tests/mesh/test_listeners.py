"""An event in a new version: who listens to the old one has a queue for it before the first is announced."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import Event, contract, contract_of
from mesh import Consumer, Service, Settings, leases, listeners, unrouted
from mesh.broker import declare_queues
from mesh.depths import depths
from mesh.leases import Live
from mesh.manifest import Manifest
from mesh.outbox import Outgoing
from mesh.publisher import connect
from mesh.testing import around
from mesh.topology import queues, routing_key


@contract("talker.said", version=1)
class SaidV1(Event):
    word: str

    def upcast(self) -> "SaidV2":
        return SaidV2(words=(self.word,))


@contract("talker.said", version=2, lanes=("bulk",))
class SaidV2(Event):
    words: tuple[str, ...]


@pytest.fixture
def listening(broker_url: str) -> Iterator[str]:
    """Two services that take v1, and live."""
    keeper = leases.connect(broker_url)
    assert keeper
    for name in ("first", "second"):
        declare_queues(broker_url, queues(name, [(contract_of(SaidV1), None)]))
        keeper.renew(name, living(name))
    yield broker_url
    keeper.close()


def living(name: str) -> bytes:
    consumer = Consumer[Any](name)
    consumer.handles(SaidV2)(lambda message, tx, deps: None)
    service = Service(consumer, Settings, lambda _: None, build="1")
    said = Live(
        instance=name, role="worker", state="ready", since=datetime.now(UTC), manifest=Manifest.of(service)
    )
    return said.model_dump_json().encode()


def announce(url: str) -> None:
    publisher = connect(url, "optional")
    envelope = around(SaidV2(words=("hello",)))
    key = routing_key(envelope.name, envelope.version)
    publisher.publish([Outgoing(str(envelope.id), envelope.name, key, None, envelope.model_dump_json(), 0)])
    publisher.close()


def test_the_sender_of_a_new_version_makes_queues_for_all_who_listen(listening: str) -> None:
    declare_queues(listening, [], listeners.queues([SaidV2], listening))
    announce(listening)
    found = depths(listening, ["first.v2", "second.v2"])
    assert {name: depth.messages for name, depth in found.items()} == {"first.v2": 1, "second.v2": 1}
    assert unrouted.counted(listening) == {}


def test_where_nobody_listens_nothing_is_made(broker_url: str) -> None:
    assert list(listeners.queues([SaidV2], broker_url)) == []
