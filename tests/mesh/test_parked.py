"""Parked messages: what one build did not understand waits for one that does, without anybody's doing."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from counting import counted, numbers, settled
from kombu import Connection, Queue
from programs import Program, Start, eventually
from psycopg.errors import QueryCanceled
from redis import Redis
from sample import Count, GreetV1, Work, ledger

from contracts import Command, Envelope, Message, Producer, contract
from mesh import Database, backlog, context, deadletters, outbox, parked
from mesh.parked import BATCH, Kind
from mesh.testing import around
from mesh.topology import LIVE

Keep = Callable[..., None]
OF_COUNT = Kind("sample.v1", "sample.count", 1, "contract")
HERE = ["valkey"]
"""For what does not depend on the broker."""
ONE_OF_EACH = ["valkey", "rabbitmq"]
"""Redis does here what Valkey does."""


def kept(tx: Any) -> list[tuple[str, list[str]]]:
    """The dead letters: why, and which builds they met."""
    return [(letter.reason, sorted(letter.builds)) for letter in deadletters.listed(tx)]


@pytest.fixture
def keep(tx: Any) -> Keep:
    """Has a build keep a message as a dead letter."""

    def keep(
        message: Message | Envelope, reason: str = "contract", build: str = "0.9", **changed: Any
    ) -> None:
        context.identify(Producer(service="sample", build=build))
        envelope = message if isinstance(message, Envelope) else around(message)
        if changed:
            envelope = envelope.model_copy(update={"data": changed})
        told = {"queue": "sample.v1", "reason": reason, "error": "", "attempts": 1}
        deadletters.keep(tx, b"", {}, envelope=envelope, **told)
        context.identify(Producer(service="sample", build="1.0"))

    return keep


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_what_an_older_build_does_not_know_is_handled_by_the_newer(start: Start, send: Any, tx: Any) -> None:
    older = start("worker", build="older").ready()
    start("relay").ready()
    send(Work(text="parcel"), *numbers(0, 5))
    eventually(lambda: kept(tx) == [("unknown", ["0.9"])], "it is parked")
    eventually(lambda: len(counted(tx)) == 5, "what it knows is handled")
    assert older.stop() == 0
    start("worker").ready()
    eventually(lambda: ledger(tx, "work"), "the newer handles it")
    settled(tx, 5)
    assert ledger(tx, "work") == ["parcel"]


@pytest.mark.parametrize("broker_url", HERE, indirect=True)
def test_beside_an_older_build_all_is_handled_in_the_end(start: Start, send: Any, tx: Any) -> None:
    relay = start("relay", build="older").ready()
    start("worker", build="older").ready()
    send(*(Work(text=str(number)) for number in range(2)))
    eventually(lambda: len(kept(tx)) == 2, "the older parks them")
    start("worker").ready()
    eventually(lambda: len(ledger(tx, "work")) == 2, "all are handled")
    assert sorted(ledger(tx, "work")) == list("01")
    settled(tx, 0)
    assert relay.events("messages.unparked")


def broken(broker_url: str) -> Callable[[], None]:
    """Makes the leases unreadable, and nothing else; what it returns mends them."""
    if broker_url.startswith("streams"):
        server = Redis.from_url(broker_url.removeprefix("streams+"))
        server.set("live", "no set")

        def mend() -> None:
            with closing(server):
                server.delete("live")
    else:
        with Connection(broker_url) as connection:
            Queue(LIVE, durable=True, queue_arguments={"x-queue-type": "classic"})(
                connection.default_channel
            ).declare()

        def mend() -> None:
            with Connection(broker_url) as connection:
                connection.default_channel.queue_delete(LIVE)

    return mend


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_while_nobody_can_say_who_lives_nothing_moves_and_nothing_stops(
    start: Start, send: Any, tx: Any, broker_url: str, keep: Keep
) -> None:
    mend = broken(broker_url)
    keep(Work(text="parcel"), reason="unknown")
    worker, relay = start("worker").ready(), start("relay").ready()
    send(*numbers(0, 50))
    eventually(lambda: len(counted(tx)) == 50, "messages are handled")
    eventually(lambda: told(worker) and told(relay), "both tell")
    assert kept(tx) == [("unknown", ["0.9"])]
    mend()
    eventually(lambda: ledger(tx, "work") == ["parcel"], "it is sent again when somebody can")
    settled(tx, 50)


def told(program: Program) -> bool:
    return bool(program.events("lease.not_renewed"))


@pytest.mark.parametrize("broker_url", HERE, indirect=True)
def test_a_build_that_does_not_read_it_either_tries_once(start: Start, keep: Keep, tx: Any) -> None:
    keep(Count(number=1), number="many")
    keep(Count(number=2))
    start("worker").ready()
    relay = start("relay").ready()
    eventually(lambda: counted(tx) == [2], "what this build reads is handled")
    assert kept(tx) == [("contract", ["0.9", "1.0"])]
    assert [event["messages"] for event in relay.events("messages.unparked")] == [1]


def test_a_build_tries_once(keep: Keep, tx: Any) -> None:
    keep(Count(number=1), number="many")
    keep(Count(number=2))
    keep(Count(number=3), build="1.0")
    assert [parked.send_again(tx, OF_COUNT) for _ in range(3)] == [1, 0, 0]
    assert kept(tx) == [("contract", ["0.9", "1.0"]), ("contract", ["1.0"])]


@contract("tested.faulty_upcast", version=1)
class FaultyV1(Command):
    number: int

    def upcast(self) -> "FaultyV2":
        raise ZeroDivisionError


@contract("tested.faulty_upcast", version=2)
class FaultyV2(Command):
    number: int


def test_a_fault_in_an_upcast_stops_nothing(keep: Keep, tx: Any) -> None:
    keep(FaultyV1(number=1))
    [kind] = parked.kinds(tx)
    assert parked.send_again(tx, kind) == 0
    assert kept(tx) == [("contract", ["0.9", "1.0"])]


@pytest.mark.parametrize("reason", ["contract", "unknown"])
def test_what_cannot_even_be_read_stays(keep: Keep, tx: Any, reason: str) -> None:
    keep(Count(number=1), reason=reason)
    tx.execute("UPDATE dead_letters SET body = %s", (b"mended by hand, and badly",))
    [kind] = parked.kinds(tx)
    assert parked.send_again(tx, kind) == 0
    assert len(kept(tx)) == 1


def test_what_a_build_without_versions_parked_is_known_by_its_envelope(keep: Keep, tx: Any) -> None:
    keep(Count(number=1), reason="unknown")
    tx.execute("UPDATE dead_letters SET version = NULL")
    assert [(w.version, w.messages) for w in backlog.counted(tx).dead_letters] == [(1, 1)]
    assert parked.kinds(tx) == [OF_COUNT._replace(reason="unknown")]


def test_the_backlog_is_counted_by_name_version_and_place(keep: Keep, send: Any, tx: Any) -> None:
    send(GreetV1(name="Ada"), *numbers(0, 3))
    send(Work(text="a"), lane="bulk")
    outbox.put_back(tx, around(GreetV1(name="")), "sample.v1", retries=1, after=60, carries=None)
    deadletters.keep(tx, b"?", {}, queue="sample", reason="malformed", error="", attempts=1)
    found = backlog.counted(tx)
    assert sorted((w.name, w.version, w.messages, w.queue or w.key) for w in found.outbox) == [
        ("sample.count", 1, 3, "sample.count.v1"),
        ("sample.greet", 1, 1, "sample.greet.v1"),
        ("sample.greet", 1, 1, "sample.v1"),
        ("sample.work", 1, 1, "sample.work.v1.bulk"),
    ]
    assert [(w.name, w.version, w.reason) for w in found.dead_letters] == [(None, None, "malformed")]


def test_a_count_that_takes_long_is_given_up(
    tx: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "LONGEST", 0.2)
    with database.connection() as other, other.transaction():
        other.execute("LOCK TABLE dead_letters IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(QueryCanceled):
            backlog.counted(tx)
    assert backlog.counted(tx).outbox == ()


def test_only_what_another_build_may_understand_is_parked(keep: Keep, tx: Any) -> None:
    for reason in ("rejected", "exhausted", "poison", "malformed"):
        keep(Count(number=1), reason=reason)
    told = {"queue": "sample.v1", "error": "", "attempts": 1}
    for number, reason in enumerate(("malformed", "unknown", "contract")):
        deadletters.keep(tx, f"{{{number}".encode(), {}, reason=reason, **told)
    assert parked.kinds(tx) == []
    assert parked.waiting_long(tx, 0) == []


def test_many_are_sent_and_those_that_come_meanwhile_later(keep: Keep, tx: Any) -> None:
    many = BATCH + 20
    with tx.transaction():
        for number in range(many):
            keep(Count(number=number), reason="unknown")
    keep(Count(number=many), reason="unknown")
    tx.execute("""
        UPDATE dead_letters SET died_at = now() + interval '1 minute'
        WHERE died_at = (SELECT max(died_at) FROM dead_letters)
    """)
    assert parked.send_again(tx, OF_COUNT._replace(reason="unknown")) == many
    assert len(kept(tx)) == 1
    assert tx.execute("SELECT queue, count(*) FROM outbox GROUP BY 1").fetchall() == [("sample.v1", many)]


@pytest.mark.parametrize("broker_url", HERE, indirect=True)
def test_what_is_parked_for_long_is_complained_of(start: Start, keep: Keep, tx: Any) -> None:
    keep(Work(text="parcel"), reason="unknown")
    keep(Work(text="letter"), reason="unknown")
    tx.execute("UPDATE dead_letters SET died_at = now() - interval '1 hour'")
    relay = start("relay").ready()
    [alarm] = eventually(lambda: relay.events("messages.parked"), "it complains")
    assert (alarm["message"], alarm["version"], alarm["messages"]) == ("sample.work", 1, 2)
    assert "dead-letters" in alarm["remedy"]
    assert len(kept(tx)) == 2
