"""`up` starts everything, keeps it running and leaves nothing behind."""

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from .conftest import Command, belonging_to, wait_until

UP = "Ctrl-C stops everything."

Run = Callable[..., Command]


def addresses(state: Path) -> dict:
    return json.loads((state / "run.json").read_text())["addresses"]


def process_of(state: Path, *words: str) -> psutil.Process:
    """The one whose arguments contain all these."""
    [found] = [
        process
        for process in belonging_to(state)
        if all(any(word in argument for argument in process.cmdline()) for word in words)
        and process.ppid() == supervisor_of(state)
    ]
    return found


def supervisor_of(state: Path) -> int:
    return json.loads((state / "run.json").read_text())["pid"]


def test_one_mesh_until_ctrl_c(run: Run, state: Path) -> None:
    up = run("up")
    up.says(UP)
    at = addresses(state)
    with urllib.request.urlopen(f"http://127.0.0.1:{at['orders_port']}/health/ready") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(at["catcher"]) as answer:
        assert b"<html" in answer.read()
    assert "emails worker   | hello from emails worker" in up.output

    second = run("up")
    assert second.ends() == 1
    assert (
        f"a mesh is running in {state}: its orders API is http://127.0.0.1:{at['orders_port']}"
        in second.output
    )

    demo = run("demo")
    assert demo.ends() == 0, demo.output
    assert f"using the mesh that is up in {state}" in demo.output
    assert up.process.poll() is None

    assert up.ends(signal.SIGINT) == 0
    assert belonging_to(state) == []
    assert not (state / "run.json").exists()


def test_a_shell_gets_what_a_service_is_told_and_is_none_of_ours(run: Run, state: Path) -> None:
    up = run("up")
    up.says(UP)
    file = state / "emails.env"
    assert file.stat().st_mode & 0o077 == 0, "it contains passwords"
    sourced = f". {file} && env"
    shell = subprocess.run(["sh", "-c", sourced], env={"PATH": os.defpath}, capture_output=True, text=True)
    told = dict(line.split("=", 1) for line in shell.stdout.splitlines())
    assert told["DATABASE_URL"] == addresses(state)["databases"]["emails"]
    assert told["BROKER_URL"] == f"streams+{told['RESULT_URL']}" == f"streams+{told['SWITCHES_URL']}"
    assert {"MESHWORK_SUPERVISED_IN", "HEALTH_DIR"}.isdisjoint(told)
    assert up.ends(signal.SIGINT) == 0
    assert not file.exists()


def test_a_killed_supervisor_is_cleaned_up_after(run: Run, state: Path) -> None:
    first = run("up", FAKE_FAULT="orders relay does not stop")
    first.says(UP)
    url = addresses(state)["databases"]["orders"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    first.ends(signal.SIGKILL)

    second = run("up")
    second.says(UP)
    assert "left by a supervisor that was killed" in second.output
    with psycopg.connect(addresses(state)["databases"]["orders"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert second.ends(signal.SIGTERM) == 0
    assert belonging_to(state) == []


def test_what_dies_is_started_again(run: Run, state: Path) -> None:
    up = run("up")
    up.says(UP)
    before = addresses(state)

    process_of(state, "fake_service.py", "emails", "worker").kill()
    up.says("emails worker was ended by signal 9; starting it again in 0.5 s")
    up.says("emails worker: ready again")
    process_of(state, "-D").kill()
    wait_until(
        lambda: [
            line for line in up.output.splitlines() if "postgres" in line.lower() and "ready again" in line
        ]
    )
    with psycopg.connect(before["databases"]["orders"]) as connection:
        connection.execute("SELECT 1")


def test_a_process_that_does_not_start_ends_it(run: Run, state: Path) -> None:
    up = run("up", FAKE_FAULT="orders relay does not start")
    assert up.ends() == 1
    assert "error: orders relay ended with exit code 1" in up.output
    assert belonging_to(state) == []


def test_it_can_be_stopped_while_it_starts(run: Run, state: Path) -> None:
    up = run("up")
    up.says("PostgreSQL")
    assert up.ends(signal.SIGTERM) == 130
    assert belonging_to(state) == []


def test_given_servers_are_used_instead(run: Run, state: Path) -> None:
    up = run(
        "up",
        ORDERS_DATABASE_URL="postgresql://their/orders",
        EMAILS_DATABASE_URL="postgresql://their/emails",
        REPORTS_DATABASE_URL="postgresql://their/reports",
        BROKER_URL="amqp://their/broker",
        SMTP_URL="smtp://their:25",
    )
    up.says(UP)
    at = addresses(state)
    assert at["databases"]["emails"] == "postgresql://their/emails"
    assert (at["broker"], at["smtp"], at["catcher"]) == ("amqp://their/broker", "smtp://their:25", None)
    assert "PostgreSQL" not in up.output
    assert up.ends(signal.SIGINT) == 0
