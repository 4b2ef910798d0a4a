"""Where messages go on SQS: who listens is written on the queues."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from sample import Greeted
from sqsserver import Queues

from contracts import contract_of
from mesh import Unavailable, broker, publisher, topology
from mesh.errors import RefusedAtStart
from mesh.outbox import Outgoing
from mesh.publisher import Publisher
from mesh.sqs import bindings


def event(**data: Any) -> Outgoing:
    return Outgoing(str(uuid4()), "sample.greeted", "sample.greeted.v1", None, json.dumps(data), 0)


def listen(broker_url: str, service: str) -> None:
    """What the `migrate` of a service does that listens to the event above."""
    broker.declare_queues(broker_url, topology.queues(service, [(contract_of(Greeted), None)]))


def test_an_event_reaches_every_service_that_listens(
    broker_url: str, sender: Publisher, queues: Queues
) -> None:
    listen(broker_url, "second")
    listen(broker_url, "third")
    sender.publish([event(names=["Ada"])])
    assert (queues.size("second-v1"), queues.size("third-v1")) == (1, 1)
    assert "mesh-unrouted" not in queues.names() or queues.size("mesh-unrouted") == 0


def test_an_event_without_a_listener_is_kept(sender: Publisher, queues: Queues) -> None:
    sender.publish([event(names=["Ada"])])
    assert queues.size("mesh-unrouted") == 1


def test_a_new_listener_is_found_soon(
    broker_url: str, sender: Publisher, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bindings, "FRESH", 0.2)
    sender.publish([event()])
    listen(broker_url, "second")
    time.sleep(0.3)
    sender.publish([event()])
    assert (queues.size("mesh-unrouted"), queues.size("second-v1")) == (1, 1)


def test_meshes_that_share_an_account_do_not_hear_each_other(
    server: str, prefix: str, queues: Queues
) -> None:
    """One without a prefix sees the queues of all."""
    listen(f"{server}?queue_name_prefix={prefix}", "second")
    sender = publisher.connect(server)
    sender.publish([event()])
    sender.close()
    assert queues.size("second-v1") == 0


def test_a_lane_has_a_queue_of_its_own(sender: Publisher, queues: Queues) -> None:
    sender.publish([Outgoing(str(uuid4()), "sample.work", "sample.work.v1.bulk", None, "{}", 0)])
    assert queues.size("sample-v1-bulk") == 1


def test_more_than_a_request_holds_goes_in_several(sender: Publisher, queues: Queues) -> None:
    sender.publish([event(names=["é" * 15_000]) for _ in range(25)])
    assert queues.size("mesh-unrouted") == 25


def test_a_queue_that_is_gone_is_made_again(sender: Publisher, queues: Queues) -> None:
    sender.publish([event()])
    queues.client.delete_queue(QueueUrl=queues.url("mesh-unrouted"))
    with pytest.raises(Unavailable):
        sender.publish([event()])
    sender.publish([event()])
    assert queues.size("mesh-unrouted") == 1


def test_an_option_that_does_not_exist_is_refused_at_the_start() -> None:
    with pytest.raises(RefusedAtStart, match="visibility_timeout"):
        publisher.connect("sqs://?visibility=30")


def test_a_sender_that_may_not_look_again_goes_on_with_what_it_knew(
    broker_url: str, sender: Publisher, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(broker_url, "second")
    sender.publish([event()])
    monkeypatch.setattr(bindings, "FRESH", 0.0)
    monkeypatch.setattr(bindings.Bindings, "_read", refused)
    sender.publish([event()])
    assert queues.size("second-v1") == 2


def refused(_: Any) -> Any:
    """Moto's server never throttles."""
    raise ClientError({"Error": {"Code": "RequestThrottled"}}, "ListQueueTags")
