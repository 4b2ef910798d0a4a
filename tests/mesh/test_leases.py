"""Leases: who lives is seen by everybody, and who does not live is seen no more."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sample
from amqp import Message
from commands import run
from kombu import Connection
from programs import Program, Start, eventually
from proxy import Proxy
from redis import Redis

from contracts import Refused
from embedded.ports import free_port
from mesh import leases
from mesh.announcer import PACE, Announcer
from mesh.broker import TIMEOUT
from mesh.leases import Leases, Live
from mesh.manifest import Manifest
from mesh.topology import LEASE, LIVE

ONE_OF_EACH = ["valkey", "rabbitmq"]
"""Redis keeps leases as Valkey does."""


@pytest.fixture
def proxy(broker_url: str) -> Iterator[Proxy]:
    """The network before the broker."""
    with Proxy(broker_url) as proxy:
        yield proxy


@pytest.fixture
def kept(broker_url: str) -> Iterator[Leases]:
    found = leases.connect(broker_url)
    assert found
    with closing(found):
        yield found


def roles(url: str) -> list[str]:
    return [process.role for process in leases.read(url)]


def document(**changes: Any) -> bytes:
    """What some process might say."""
    said = {"instance": "somewhere:1", "role": "worker", "state": "ready", "since": "2026-01-01T00:00:00Z"}
    manifest = {"service": "sample", "build": "1.0", "takes": [], "sends": []}
    return Live.model_validate({**said, "manifest": manifest, **changes}).model_dump_json().encode()


def test_every_process_says_who_it_is_and_that_it_goes(start: Start, broker_url: str) -> None:
    worker, relay = start("worker").ready(), start("relay").ready()
    eventually(lambda: roles(broker_url) == ["relay", "worker"], "both are seen")
    moving, taking = leases.read(broker_url)
    assert taking.manifest == Manifest.of(sample.service)
    assert [str(sent) for sent in taking.manifest.sends] == ["sample.greeted v1"]
    assert {"sample.greet v1", "sample.greet v2", "sample.work v1"} <= set(map(str, taking.manifest.takes))
    assert set(taking.queues) == {"sample", "sample.v1", "sample.v1.bulk", "sample.v2"}
    assert (taking.state, taking.manifest.build, moving.queues) == ("ready", "1.0", ())
    assert str(worker.pid) in taking.instance
    assert worker.stop() == 0
    assert roles(broker_url) == ["relay"]
    assert relay.stop() == 0
    assert roles(broker_url) == []


def test_a_worker_of_a_lane_says_which(start: Start, broker_url: str) -> None:
    start("worker", "--lane", "bulk").ready()
    [worker] = eventually(lambda: leases.read(broker_url), "it is seen")
    assert worker.queues == ("sample.v1.bulk",)
    assert worker.takes("sample.v1.bulk", "sample.work", 1)
    assert not worker.takes("sample.v1", "sample.work", 1)
    assert not worker.takes("sample.v1.bulk", "sample.work", 2)


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_an_api_says_so_too(new_database: Callable[[str], str], broker_url: str, tmp_path: Path) -> None:
    where = {"DATABASE_URL": new_database("orders.migrations"), "HTTP_PORT": str(free_port())}
    program = Program("orders", "api", folder=tmp_path, BROKER_URL=broker_url, **where).start()
    try:
        [api] = eventually(lambda: leases.read(broker_url), "it is seen")
        assert (api.manifest.service, api.role, api.state) == ("orders", "api", "ready")
        assert program.stop() == 0
        assert leases.read(broker_url) == []
    finally:
        program.destroy()


@pytest.mark.parametrize("broker_url", ["rabbitmq"], indirect=True)  # on the others it is a key that expires
def test_a_killed_process_is_forgotten_within_its_lease(start: Start, broker_url: str) -> None:
    relay = start("relay").ready()
    eventually(lambda: leases.read(broker_url), "it is seen")
    relay.kill()
    assert roles(broker_url) == ["relay"]
    # Looking all the time does not keep it alive.
    eventually(lambda: not leases.read(broker_url), "it is forgotten", LEASE + 2)


def test_what_a_process_said_last_is_what_holds(kept: Leases) -> None:
    for number in range(50):
        kept.renew("a", str(number).encode())
        kept.renew("b", b"b")
    assert sorted(kept.all()) == [b"49", b"b"]
    kept.end("a")
    assert kept.all() == [b"b"]
    kept.renew("a", b"back")
    assert sorted(kept.all()) == [b"b", b"back"]


def test_all_who_look_at_once_see_all(kept: Leases, broker_url: str) -> None:
    for number in range(20):
        kept.renew(str(number), document(instance=str(number)))

    def look(_: int) -> int:
        return len(leases.read(broker_url))

    with ThreadPoolExecutor(6) as readers:
        assert set(readers.map(look, range(60))) == {20}


def throw_into(broker_url: str) -> None:
    """What no process of the mesh ever wrote, where the leases are."""
    if broker_url.startswith("streams"):
        with Redis.from_url(broker_url.removeprefix("streams+")) as server:
            server.set("live:bytes", b"\xff\xfe")
            server.sadd("live", "bytes", b"\xff", "one of which nothing is left")
        return
    with Connection(broker_url) as connection:
        channel = connection.default_channel
        for thrown in (
            Message("no header at all"),
            Message("a", message_id="a", application_headers={"number": "many"}),
            Message("b", message_id="a", application_headers={"number": 7}),
            Message(b"\xff\xfe", message_id="b", content_encoding="utf-8"),
        ):
            channel.basic_publish(thrown, exchange="", routing_key=LIVE)


def test_what_cannot_be_read_is_told_and_hides_nobody(
    kept: Leases, broker_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept.renew("newer", document().replace(b'"worker"', b'"clerk"'))
    kept.renew("odd", b"no JSON")
    kept.renew("sound", document(instance="sound"))
    throw_into(broker_url)
    [process] = leases.live(kept)
    assert process.instance == "sound"
    assert "lease.unreadable" in caplog.text
    assert "clerk" in caplog.text


def test_who_has_to_know_of_all_is_told_of_one_not_understood(kept: Leases, broker_url: str) -> None:
    kept.renew("newer", document().replace(b'"worker"', b'"clerk"'))
    with pytest.raises(Refused, match=r"ask with the `mesh` of its build.*clerk"):
        leases.read(broker_url, refuse_unreadable=True)


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_a_broker_that_was_away_hears_of_them_again(start: Start, proxy: Proxy, broker_url: str) -> None:
    programs = [start(role, BROKER_URL=proxy.url).ready() for role in ("relay", "worker")]
    eventually(lambda: len(leases.read(broker_url)) == 2, "both are seen")
    with proxy.away():
        for program in programs:
            eventually(lambda p=program: p.events("lease.not_renewed"), "it tells")
        before = {process.instance: process.number for process in leases.read(broker_url)}
    eventually(lambda: further(broker_url, before), "both say more")
    assert [len(program.events("lease.not_renewed")) for program in programs] == [1, 1]
    assert all(program.alive for program in programs)


def further(url: str, before: dict[str, int]) -> bool:
    now = {process.instance: process.number for process in leases.read(url)}
    return now.keys() == before.keys() and all(now[instance] > before[instance] for instance in now)


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_a_broker_that_answers_nothing_costs_little(proxy: Proxy, broker_url: str) -> None:
    announcer = Announcer(sample.service, proxy.url, "relay")
    announcer.renew("ready", "")
    assert roles(broker_url) == ["relay"]
    with proxy.frozen():
        said = timed(lambda: announcer.renew("waiting", "broker"))
        assert TIMEOUT - 1 < said < 3 * TIMEOUT
        assert timed(lambda: announcer.renew("ready", "")) < 0.1
        assert timed(announcer.end) < 0.1


def timed(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    call()
    return time.monotonic() - begun


def test_whatever_is_wrong_with_the_leases_ends_nobody(
    broker_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    announcer = Announcer(sample.service, broker_url, "relay")
    monkeypatch.setattr(announcer, "held", lambda: 1 / 0)
    announcer.renew("ready", "")
    announcer.renew("waiting", "")
    assert caplog.text.count("lease.not_renewed") == 1
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_nothing_is_left_of_those_that_died_where_nobody_looks(kept: Leases, broker_url: str) -> None:
    with Redis.from_url(broker_url.removeprefix("streams+")) as server:
        server.sadd("live", *(f"died:{number}" for number in range(1000)))
        kept.renew("new", document())
        assert server.smembers("live") == {b"new"}
        assert 0 < server.pttl("live:new") <= LEASE * 1000
        kept.end("new")
        assert server.keys("live*") == []


def test_the_command_tells_of_a_broker_that_cannot_say() -> None:
    code, _, error = run("mesh", "live", "--broker", "sqs://127.0.0.1:1")
    assert (code, error) == (2, "mesh: this broker keeps no leases: nobody can say who lives\n")
    code, _, error = run("mesh", "live", "--broker", "streams+redis://127.0.0.1:1")
    assert code == 1
    assert error.startswith("mesh: broker: ")


def test_a_lease_outlasts_two_renewals() -> None:
    assert 2 * PACE < LEASE
