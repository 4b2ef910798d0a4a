"""Lanes: the contract names them, the sender chooses one, and an operator gives one workers of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from programs import Program, Start, eventually
from sample import Greet, Work, Worked, consumer, ledger

from contracts import contract_of
from mesh import AsyncDatabase, Settings, deadletters, outbox, streams, topology, unrouted
from mesh.broker import declare_queues
from mesh.errors import RefusedAtStart, UnknownLane
from mesh.publisher import connect
from mesh.testing import around

BULK, DEFAULT = ("--lane", "bulk"), ("--lane", "default")


def worked(tx: Any) -> list[str]:
    return ledger(tx, "work")


def test_a_worker_takes_every_lane(start: Start, send: Any, tx: Any) -> None:
    start("worker").ready()
    start("relay").ready()
    send(Work(text="letter"), Work(text="parcel"), lane="bulk")
    send(Work(text="telegram"))
    eventually(lambda: sorted(worked(tx)) == ["letter", "parcel", "telegram"], "all are handled")


def test_what_is_urgent_does_not_wait_behind_bulk(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    start("worker", *BULK).ready()
    start("worker", *DEFAULT).ready()
    send(*(Work(text="bulk", seconds=0.05) for _ in range(200)), lane="bulk")
    eventually(lambda: worked(tx), "the first of the bulk is handled")
    send(Work(text="urgent"))
    eventually(lambda: "urgent" in worked(tx), "the urgent one is handled")
    assert worked(tx).count("bulk") < 200


def test_a_worker_of_a_lane_takes_nothing_else(start: Start, send: Any, tx: Any) -> None:
    relay = start("relay").ready()
    bulk = start("worker", *BULK).ready()
    send(Work(text="default"))
    eventually(lambda: outbox.next_due(tx) is None, "it is on the broker")
    send(Work(text="bulk"), lane="bulk")
    eventually(lambda: worked(tx) == ["bulk"], "only what came later is handled")
    assert queues(bulk) == ["sample.v1.bulk"]
    assert (bulk.stop(), relay.stop()) == (0, 0)
    default = start("worker", *DEFAULT).ready()
    eventually(lambda: worked(tx) == ["bulk", "default"], "its own worker takes it")
    assert queues(default) == ["sample", "sample.v1", "sample.v2"]


def test_several_lanes_for_one_worker(start: Start) -> None:
    worker = start("worker", *BULK, *DEFAULT).ready()
    assert queues(worker) == ["sample", "sample.v1", "sample.v1.bulk", "sample.v2"]


def queues(worker: Program) -> list[str]:
    [ready] = worker.events("worker.ready")
    found: list[str] = ready["queues"]
    return found


def test_the_receiver_may_come_up_last(start: Start, send: Any, tx: Any) -> None:
    relay = start("relay").ready()
    send(*(Work(text=str(n)) for n in range(50)), lane="bulk")
    eventually(lambda: outbox.next_due(tx) is None, "the outbox is empty")
    assert relay.stop() == 0
    start("worker", *BULK).ready()
    eventually(lambda: len(worked(tx)) == 50, "50 messages are handled")


def test_another_attempt_and_a_replay_stay_in_the_lane(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    worker = start("worker", *BULK).ready()
    send(Work(text="retry"), Work(text="reject"), lane="bulk")
    eventually(lambda: worked(tx) == ["retry"], "one is handled by the same worker")
    assert len(worker.events("delivery.retried")) == 1
    [letter] = eventually(lambda: deadletters.listed(tx), "the other is a dead letter")
    assert letter.queue == "sample.v1.bulk"
    assert deadletters.replay(tx, letter.id)
    [again] = eventually(lambda: deadletters.listed(tx), "the same worker has tried it again")
    assert (again.queue, again.died_at > letter.died_at) == ("sample.v1.bulk", True)


@pytest.fixture
def client(broker_url: str) -> Iterator[Celery]:
    streams.register()
    with Celery("client", broker=broker_url, set_as_current=False) as app:
        yield app


def test_what_a_celery_client_sends_stays_in_the_lane(start: Start, client: Celery, tx: Any) -> None:
    start("relay").ready()
    worker = start("worker", *BULK).ready()
    key = topology.routing_key("sample.work", 1, "bulk")
    told = {"exchange": "mesh", "exchange_type": "topic", "routing_key": key, "task_id": str(uuid4())}
    client.send_task("sample.work", kwargs={"text": "retry"}, **told)
    eventually(lambda: worked(tx) == ["retry"], "its second attempt came to the same worker")
    assert len(worker.events("delivery.retried")) == 1


@pytest.fixture
def by_celery(url: str, broker_url: str, tmp_path: Path) -> Iterator[None]:
    """A worker as Celery's own command starts it."""
    told = {"DATABASE_URL": url, "BROKER_URL": broker_url, "PYTHONPATH": "deploy:tests/support"}
    command = ("celery", "-A", "sample.app", "worker", "-Q", "sample.v1.bulk")
    worker = Program(*command, folder=tmp_path, **told).start()
    yield
    worker.destroy()


@pytest.mark.usefixtures("by_celery")
def test_celerys_own_option_chooses_queues(start: Start, send: Any, tx: Any) -> None:
    start("relay").ready()
    send(Work(text="default"))
    send(Work(text="bulk"), lane="bulk")
    eventually(lambda: worked(tx) == ["bulk"], "what is in that queue is handled")


def test_an_event_of_a_lane_waits_for_a_listener_and_reaches_it_there(url: str, broker_url: str) -> None:
    settings = Settings(database_url=url, broker_url=broker_url, broker_persistence="optional")
    envelope = around(Worked(text="parcel"))
    key = topology.routing_key(envelope.name, 1, "bulk")
    publisher = connect(broker_url, "optional")
    publisher.publish(
        [outbox.Outgoing(str(envelope.id), envelope.name, key, None, envelope.model_dump_json(), 0)]
    )
    publisher.close()
    assert unrouted.counted(settings.broker_url) == {"sample.worked v1": 1}
    declare_queues(broker_url, topology.queues("late", [(contract_of(Worked), "bulk")]))
    assert unrouted.replay(settings) == (1, 0)
    assert unrouted.counted(settings.broker_url) == {}


def test_a_worker_of_a_lane_that_is_none_does_not_start(start: Start) -> None:
    worker = start("worker", "--lane", "bluk")
    assert worker.wait() == 2
    said = worker.log.read_text()
    assert "nothing that sample takes travels in the lane bluk: there are default, bulk" in said


def test_the_queues_of_a_lane() -> None:
    assert [q.name for q in consumer.queues()] == ["sample.v1", "sample.v1.bulk", "sample.v2"]
    assert [q.name for q in consumer.queues(["bulk"])] == ["sample.v1.bulk"]
    assert [topology.keys(q) for q in consumer.queues(["bulk"])] == [["sample.work.v1.bulk"]]
    with pytest.raises(RefusedAtStart, match="the lane slow, sluggish: there are default, bulk"):
        consumer.queues(["bulk", "sluggish", "slow"])


def test_a_key_says_contract_and_lane() -> None:
    work = contract_of(Work)
    assert topology.laned_under("sample.work.v1") == (work, None)
    assert topology.laned_under("sample.work.v1.bulk") == (work, "bulk")
    assert topology.laned_under("sample.work.v1.newer") == (work, "newer")
    for key in ("", "sample", "sample.work", "sample.work.v9.bulk", "sample.unheard.v1", "0." * 28):
        assert topology.laned_under(key) is None


def test_a_lane_that_the_contract_does_not_have_is_refused_to_the_sender(tx: Any) -> None:
    with pytest.raises(UnknownLane, match=r"work v1 has no lane 'bluk': there are default \(.*\), bulk$"):
        outbox.put(tx, Work(text="parcel"), lane="bluk")
    with pytest.raises(UnknownLane, match=r"sample.greet v2 has no lane 'bulk': there are default \(.*\)$"):
        outbox.put(tx, Work(text="parcel"), around(Greet(names=("Ada",))), lane="bulk")
    assert outbox.next_due(tx) is None


def test_a_lane_is_chosen_in_async_code_too(url: str, tx: Any) -> None:
    async def send() -> None:
        database = AsyncDatabase(url, "tests", size=1)
        await database.open()
        async with database.begin() as begun:
            await outbox.put(begun, Work(text="parcel"), around(Work(text="letter")), lane="bulk")
            with pytest.raises(UnknownLane):
                outbox.put(begun, Work(text="lost"), lane="bluk")
        await database.close()

    asyncio.run(send())
    assert [row.routing_key for row in outbox.take(tx, 10)] == ["sample.work.v1.bulk"] * 2
