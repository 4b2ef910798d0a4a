"""How much lies on the broker: what is told of queues, and what is not taken for nothing."""

import time

import pytest
from redis import Redis
from sample import consumer

from mesh import Unavailable, depths
from mesh.broker import declare_queues
from mesh.outbox import Outgoing
from mesh.publisher import connect
from mesh.streams import delayed


def to(queue: str) -> Outgoing:
    return Outgoing("1", "sample.count", None, queue, "{}", 0)


def test_queues_are_counted_and_missing_ones_left_out(broker_url: str) -> None:
    assert depths.depths(broker_url, ["sample.v1", "sample.v2"]) == {}
    declare_queues(broker_url, consumer.queues())
    publisher = connect(broker_url, "optional")
    publisher.publish([to("sample.v1"), to("sample.v1")])
    publisher.close()
    found = depths.depths(broker_url, ["sample.v1", "nobody.v1", "sample.v2"])
    assert {queue: depth.messages for queue, depth in found.items()} in (
        {"sample.v1": 2, "sample.v2": 0},
        {"sample.v1": 2},  # a stream that nobody has read from or written to is not there yet
    )
    assert depths.delayed(broker_url) == {}


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_what_cannot_be_counted_is_not_nothing(broker_url: str) -> None:
    with Redis.from_url(broker_url.removeprefix("streams+")) as server:
        server.set("stream:sample.v1", "no stream")
        with pytest.raises(Unavailable, match="WRONGTYPE"):
            depths.depths(broker_url, ["sample.v1"])
    with pytest.raises(Unavailable):
        depths.depths("streams+redis://127.0.0.1:1", ["sample.v1"])


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_delayed_messages_are_counted_for_their_queues(broker_url: str) -> None:
    with Redis.from_url(broker_url.removeprefix("streams+")) as server:
        for number in range(delayed.AT_ONCE + 5):
            fields = {"body": b"", "rest": b""}
            delayed.put(server, "sample.v1" if number else "sample.v2", fields, time.time() + 60)
    assert depths.delayed(broker_url) == {"sample.v1": delayed.AT_ONCE + 4, "sample.v2": 1}
