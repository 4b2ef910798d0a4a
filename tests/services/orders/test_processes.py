"""Several processes of the API on one port: all of them serve, and none is left behind."""

import os
import signal
from collections.abc import Iterable
from typing import Any

import psutil
import pytest
from api import new_key
from callers import ask, figures
from documents import order
from programs import Program, Start, eventually

from embedded.ports import free_port
from mesh import leases

TWO = {"HTTP_PROCESSES": "2"}


def port_of(program: Program) -> int:
    [said, *_] = eventually(lambda: program.events("api.listening"), "it listens")
    return int(said["at"][0].rpartition(":")[2])


def children(program: Program) -> list[psutil.Process]:
    return psutil.Process(program.pid).children()


def served_by(program: Program) -> set[int]:
    """The processes that have answered somebody."""
    return {line["process"] for line in program.events("request.handled")}


def answering(port: int) -> bool:
    return ask(port, "/health/live").status == 200


def test_each_has_its_part_of_the_clients(start: Start, own_url: str) -> None:
    api = start(**TWO).ready()
    port = port_of(api)
    eventually(lambda: answering(port) and served_by(api) == {0, 1}, "both have clients")
    assert api.said["pid"] == api.pid
    assert api.stop() == 0
    assert len(api.events("api.draining")) == 2


def test_any_free_port_is_the_same_for_all(start: Start) -> None:
    api = start(HTTP_PORT="0", METRICS_PORT="0", **TWO).ready()
    said = eventually(lambda: (found := api.events("api.listening"))[1:] and found, "both listen")
    assert said[0]["at"] == said[1]["at"]
    assert said[0]["metrics"] == said[1]["metrics"] != said[0]["at"]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_port_that_is_taken_is_said_at_the_start(start: Start, processes: str) -> None:
    first = start().ready()
    second = start(HTTP_PORT=str(port_of(first)), HTTP_PROCESSES=processes)
    assert second.wait() == 2
    assert f"orders: cannot listen on 127.0.0.1:{port_of(first)}: " in second.log.read_text()
    assert "Traceback" not in second.log.read_text()


def test_one_that_dies_is_started_again_and_each_time_later(start: Start, own_url: str) -> None:
    api = start(**TWO).ready()
    for deaths in (1, 2, 3):
        victim = eventually(lambda: len(children(api)) == 2 and children(api)[-1], "there are two")
        victim.kill()
        eventually(lambda n=deaths: len(api.events("process.died")) == n, "it is noticed")
        assert answering(port_of(api))  # the other one does
    died = api.events("process.died")
    assert len({line["process"] for line in died}) == 1
    assert [line["restart_in"] for line in died] == [0.5, 1.0, 2.0]
    assert {line["code"] for line in died} == {-signal.SIGKILL}
    eventually(lambda: api.said["state"] == "ready", "both serve again")


def test_it_is_healthy_only_while_all_serve(start: Start, own_url: str) -> None:
    api = start(**TWO).ready()
    [silent, _] = children(api)
    silent.suspend()
    eventually(lambda: api.said["state"] == "waiting", "it says so")
    assert api.said["needs"] == "1 of 2 processes serve"
    silent.resume()
    eventually(lambda: api.said["state"] == "ready", "both serve again")


def test_those_whose_parent_was_killed_end(start: Start, own_url: str) -> None:
    api = start(**TWO).ready()
    orphans = children(api)
    api.kill()
    gone, alive = psutil.wait_procs(orphans, timeout=30)
    assert (len(gone), alive) == (2, [])
    assert len(api.events("api.draining")) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_may_tell_all_of_them(start: Start, own_url: str, number: int) -> None:
    """A terminal does, and systemd: it is no second signal to any."""
    api = start(**TWO).ready()
    for process in [*children(api), psutil.Process(api.pid)]:
        os.kill(process.pid, number)
    assert api.wait() == 0
    assert len(api.events("api.draining")) == 2
    assert api.events("process.died") == []


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_each_tells_the_broker_that_it_lives(start: Start, broker_url: str) -> None:
    api = start(BROKER_URL=broker_url, **TWO).ready()
    found = eventually(lambda: len(lives := leases.read(broker_url)) == 2 and lives, "both are seen")
    assert {(each.role, each.state) for each in found} == {("api", "ready")}
    assert len({each.instance for each in found}) == 2
    assert api.stop() == 0
    assert leases.read(broker_url) == []


def test_figures_are_those_of_all(start: Start, own_url: str) -> None:
    metrics = free_port()
    api = start(METRICS_PORT=str(metrics), **TWO).ready()
    key = new_key(own_url)

    count = 0
    while {line["process"] for line in created(api)} != {0, 1}:
        assert ask(port_of(api), "/v1/orders", order(), key).status == 201
        count += 1
    series = "orders_http_requests_total{method=POST,operation=/v1/orders,status=201}"
    eventually(lambda: figures(metrics)[series] == count, "all are counted")
    assert all(figures(metrics)[series] == count for _ in range(10))  # whoever answers
    assert figures(metrics)["orders_placed_total"] == count
    victim = children(api)[0]
    victim.kill()
    eventually(lambda: api.events("process.died"), "it is noticed")
    eventually(lambda: len(starts(metrics)) == 2, "there is another one")
    assert figures(metrics)[series] == count  # nothing that was counted is lost


def created(api: Program) -> list[dict[str, Any]]:
    return [line for line in api.events("request.handled") if line["status"] == 201]


def starts(metrics: int) -> Iterable[str]:
    return [name for name in figures(metrics) if name.startswith("process_start_time_seconds")]
