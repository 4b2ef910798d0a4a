"""Celery's own commands, on a service's app: they work, and touch no other service."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sample
import second
from programs import Program, Start, eventually
from sample import ledger

from embedded.ports import free_port
from mesh.broker import declare_queues
from mesh.topology import private_queue

Tool = Callable[..., str]
Running = Callable[..., Callable[[], str]]
CELERY = [sys.executable, "-m", "celery", "-A"]
UNANSWERED = 69
"""What Celery's commands exit with when no worker replies, which one that is shut down never does."""


@pytest.fixture
def environment(url: str, broker_url: str, valkey: Any) -> dict[str, str]:
    paths = os.pathsep.join(["deploy", "tests/support"])
    told = {
        "DATABASE_URL": url,
        "BROKER_URL": broker_url,
        "RESULT_URL": valkey.redis_url,
        "PYTHONPATH": paths,
    }
    return os.environ | told | {"LOG_LEVEL": "error"}


@pytest.fixture
def tool(environment: dict[str, str]) -> Tool:
    """Runs `celery -A sample ...`; gives what it says."""

    def run(*arguments: str, service: str = "sample") -> str:
        command = [*CELERY, f"{service}.app", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, UNANSWERED), f"{done.stdout}\n{done.stderr[-500:]}"
        return done.stdout

    return run


@pytest.fixture
def running(environment: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    """Runs `celery -A sample ...` for as long as the test lasts; gives a way to read what it has said."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> Callable[[], str]:
        said = tmp_path / f"{arguments[0]}.txt"
        with said.open("wb") as out:
            told = environment | {"PYTHONUNBUFFERED": "1"}
            command = [*CELERY, "sample.app", *arguments]
            started.append(subprocess.Popen(command, env=told, stdout=out, stderr=out))
        return said.read_text

    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def workers(start: Start, environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[Program, Program]]:
    """A worker of the sample service, and one of another service on the same broker."""
    told = {name: environment[name] for name in ("DATABASE_URL", "BROKER_URL", "RESULT_URL", "PYTHONPATH")}
    other = Program("second", "worker", folder=tmp_path, **told).start()
    ours = start("worker", RESULT_URL=environment["RESULT_URL"]).ready()
    yield ours, other.ready()
    other.destroy()


Workers = tuple[Program, Program]


def test_call_and_result(workers: Workers, tool: Tool, tx: Any) -> None:
    id = tool("call", "sample.double", "--kwargs", '{"number": 4}').strip().splitlines()[-1]
    eventually(lambda: ledger(tx, "double") == ["4"], "it is handled")
    assert "{'number': 8}" in tool("result", id)


def test_inspect_sees_the_service_alone(workers: Workers, tool: Tool) -> None:
    said = tool("inspect", "ping", "--timeout", "3")
    assert said.count("pong") == 1
    assert "sample-" in said
    registered = tool("inspect", "registered", "--timeout", "3")
    assert "sample.greet" in registered
    assert "second.add" not in registered
    assert "sample.v1" in tool("inspect", "active_queues", "--timeout", "3")
    assert "pool" in tool("inspect", "stats", "--timeout", "3")


def test_limits_that_would_change_nothing_are_refused(workers: Workers, tool: Tool) -> None:
    assert "has no rate of its own" in tool("control", "rate_limit", "sample.greet", "1/s", "--timeout", "3")
    assert "time_limit= in sample/tasks.py" in tool(
        "control", "time_limit", "sample.greet", "1", "2", "--timeout", "3"
    )
    private = tool("control", "time_limit", "celery.backend_cleanup", "1", "2", "--timeout", "3")
    assert "time limits set successfully" in private


def test_shutdown_stops_the_service_alone(workers: Workers, tool: Tool) -> None:
    ours, other = workers
    tool("control", "shutdown")
    assert ours.wait() == 0
    assert other.alive
    assert "pong" in tool("inspect", "ping", "--timeout", "3", service="second")


def test_purge_empties_the_services_queues_alone(tool: Tool, broker_url: str) -> None:
    for consumer in (sample.consumer, second.consumer):
        declare_queues(broker_url, [*consumer.queues(), private_queue(consumer.service)])
    tool("call", "sample.double", "--kwargs", '{"number": 1}')
    tool("call", "second.keep", "--kwargs", '{"number": 1}')
    assert "1 message" in tool("purge", "-f")
    assert "1 message" in tool("purge", "-f", service="second")


def test_report_names_the_parts(tool: Tool) -> None:
    said = tool("report")
    assert "celery:5.7" in said
    assert "broker_url: '" in said


def test_events_tell_of_canvas_and_of_chunks(
    workers: Workers, tool: Tool, running: Running, start: Start, send: Callable[..., None]
) -> None:
    said = running("events", "--dump")
    eventually(lambda: "heartbeat" in said(), "it hears the worker")
    tool("control", "enable_events")
    start("relay")
    tool("call", "sample.double", "--kwargs", '{"number": 2}')
    send(sample.Greet(names=("Ann",)), sample.Greet(names=("reject",)))
    for told in ("succeeded: sample.double", "succeeded: sample.greet", "failed: sample.greet"):
        eventually(lambda told=told: f"task {told}" in said(), f"{told}, it shows")
    assert "second" not in said()


def test_inspect_shows_what_travels_in_chunks(
    workers: Workers, tool: Tool, start: Start, send: Callable[..., None]
) -> None:
    start("relay")
    send(sample.Work(text="long", seconds=50))  # two looks, of which each takes seconds, or many of them
    eventually(lambda: "'sample.work'" in tool("inspect", "active"), "it shows what is being handled", 120)
    send(sample.Greet(names=("Ann",)), sample.Work(text="short"))
    eventually(lambda: "'sample.greet'" in tool("inspect", "reserved"), "it shows what waits")
    eventually(lambda: '"sample.work": 2' in tool("inspect", "stats"), "it counts what was handled", 120)


def test_flower_shows_the_service_alone(workers: Workers, tool: Tool, running: Running) -> None:
    port = free_port()
    running("flower", f"--port={port}")
    page = f"http://127.0.0.1:{port}/workers?json=1"
    eventually(lambda: "sample-" in fetched(page), "it shows the worker")
    assert "second-" not in fetched(page)


def fetched(url: str) -> str:
    """A page; nothing where nobody answers yet."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
