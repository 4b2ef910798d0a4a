"""Switches: an operator has all workers leave a lane alone, and take it again, while they run."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from programs import Program, Start, eventually
from redis import Redis
from sample import Work, ledger

from embedded.valkey import Valkey
from mesh import outbox
from mesh.switches import Switches

Turn = Callable[..., str]


@pytest.fixture
def switches_url(valkey: Valkey) -> Iterator[str]:
    url = f"{valkey.redis_url.rpartition('/')[0]}/14"
    yield url
    with Redis.from_url(url) as client:
        client.flushdb()


@pytest.fixture
def turn(start: Start, switches_url: str) -> Turn:
    """Runs `sample switch …`; gives what it says."""

    def run(*arguments: str) -> str:
        command = start("switch", *arguments, SWITCHES_URL=switches_url)
        assert command.wait() == 0, command.log.read_text()
        return command.log.read_text()

    return run


@pytest.fixture
def worker(start: Start, switches_url: str) -> Callable[..., Program]:
    return lambda **told: start("worker", SWITCHES_URL=switches_url, **told).ready()


def leaves(worker: Program) -> bool:
    """Whether it says so. It is ready all the same: it does what it is told."""
    return bool(worker.said["state"] == "ready" and worker.said.get("needs") == "switched off: bulk")


def test_a_lane_that_is_off_waits_and_the_others_do_not(
    worker: Callable[..., Program], turn: Turn, start: Start, send: Any, tx: Any
) -> None:
    first = worker()
    start("relay").ready()
    turn("bulk", "off")
    eventually(lambda: leaves(first), "the worker says so")
    send(Work(text="letter"), lane="bulk")
    send(Work(text="telegram"))
    eventually(lambda: ledger(tx, "work") == ["telegram"], "the other lane is taken")
    later = worker()
    assert leaves(later), "from its start"
    assert outbox.next_due(tx) is None, "it waits on the broker"
    assert ledger(tx, "work") == ["telegram"]
    turn("bulk", "on")
    eventually(lambda: ledger(tx, "work") == ["telegram", "letter"], "it was not lost")
    eventually(lambda: "needs" not in first.said and "needs" not in later.said, "they say nothing of it")
    assert [event["to"] for event in first.events("lane.switched")] == ["off", "on"]


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_what_the_server_loses_a_worker_tells_it_again(
    worker: Callable[..., Program], turn: Turn, switches_url: str
) -> None:
    turn("bulk", "off")
    first = worker()
    with Redis.from_url(switches_url) as client:
        client.flushdb()
    eventually(lambda: first.events("switch.restored"), "it notices")
    assert "bulk     off since 20" in turn()
    assert leaves(first)


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_a_worker_without_the_server_goes_on_as_it_was(
    start: Start, own_valkey: Valkey, send: Any, tx: Any
) -> None:
    with closing(Switches(own_valkey.redis_url, "sample")) as switches:
        assert switches.read() == {}
    first = start("worker", SWITCHES_URL=own_valkey.redis_url).ready()
    own_valkey.stop()
    eventually(lambda: first.events("switches.away"), "it notices")
    start("relay").ready()
    start("worker", SWITCHES_URL=own_valkey.redis_url).ready()
    send(Work(text="letter"), lane="bulk")
    eventually(lambda: ledger(tx, "work") == ["letter"], "it is taken")
    assert len(first.events("switches.away")) == 1


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_a_lane_stays_off_when_the_connection_comes_back(
    worker: Callable[..., Program], start: Start, own_valkey: Valkey, turn: Turn, tx: Any
) -> None:
    turn("bulk", "off")
    first = worker(BROKER_URL=own_valkey.url)
    own_valkey.stop()
    eventually(lambda: first.said["state"] == "waiting", "the broker is away")
    own_valkey.start()
    own_valkey.wait_until_ready()
    eventually(lambda: leaves(first), "it is back")
    start("relay", BROKER_URL=own_valkey.url).ready()
    outbox.put(tx, Work(text="letter"), lane="bulk")
    outbox.put(tx, Work(text="telegram"))
    eventually(lambda: ledger(tx, "work") == ["telegram"], "the other lane is taken")
    turn("bulk", "on")
    eventually(lambda: ledger(tx, "work") == ["telegram", "letter"], "it was not lost")


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "kept_at", "why"),
    [
        (("bulk", "off"), "", "SWITCHES_URL is not set"),
        (("parcels", "off"), "redis://127.0.0.1:1", "'parcels' is not one of 'default', 'bulk'"),
        (("bulk",), "redis://127.0.0.1:1", "on or off?"),
    ],
)
def test_what_cannot_be_switched_is_refused(
    start: Start, arguments: tuple[str, ...], kept_at: str, why: str
) -> None:
    command = start("switch", *arguments, SWITCHES_URL=kept_at)
    assert command.wait() == 2
    assert why in command.log.read_text()
