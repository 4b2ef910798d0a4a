"""`mesh live` and `mesh deploy` as a person, or CI, calls them, beside real processes."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sample
from commands import begin, ended, run
from programs import Start, eventually
from sample import Greet, ledger

from mesh import deadletters, leases, outbox
from mesh.manifest import Manifest, Taken

ONE_OF_EACH = ["valkey", "rabbitmq"]
Mesh = Callable[..., tuple[int, str, str]]
BUILD = Manifest.of(sample.service)


@pytest.fixture
def mesh(broker_url: str, tmp_path: Path) -> Mesh:
    return lambda *words: run("mesh", *words, BROKER_URL=broker_url)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """Where the manifest of another build is."""

    def write(**changes: Any) -> str:
        path = tmp_path / "build.json"
        path.write_text(BUILD.model_copy(update={"build": "1.1", **changes}).model_dump_json())
        return str(path)

    return write


def without(name: str, version: int) -> tuple[Taken, ...]:
    return tuple(taken for taken in BUILD.takes if (taken.name, taken.version) != (name, version))


def seen(url: str) -> bool:
    """All processes, and what the relay has counted."""
    processes = leases.read(url)
    return len(processes) == 2 and any(process.backlog for process in processes)


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_live_and_check(start: Start, mesh: Mesh, file: Any, broker_url: str, tx: Any) -> None:
    assert mesh("live") == (0, "no process says that it lives\n", "")
    worker = start("worker").ready()
    start("relay").ready()
    eventually(lambda: seen(broker_url), "both are seen")

    code, said, _ = mesh("live")
    assert code == 0
    assert [line.split()[:4] for line in said.splitlines()] == [
        ["service", "build", "role", "state"],
        ["sample", "1.0", "relay", "ready"],
        ["sample", "1.0", "worker", "ready"],
    ]
    told = json.loads(mesh("live", "--json")[1])
    assert [process["role"] for process in told] == ["relay", "worker"]

    code, said, error = mesh("deploy", "check", file())
    assert (code, error) == (0, "")
    assert "live: sample 1.0" in said
    assert "1. sample 1.1: may be deployed" in said
    told = json.loads(mesh("deploy", "check", file(), "--json")[1])
    assert (told["may"], told["live"], len(told["steps"])) == (True, ["sample 1.0"], 1)

    back = mesh("deploy", "check", file(), "--rollback-to", "1.0")
    assert back[0] == 0
    assert "2. back to sample 1.0: may be done" in back[1]

    assert worker.stop() == 0
    outbox.put(tx, Greet(names=("Ada",)))
    eventually(lambda: tx.execute("SELECT FROM outbox").fetchone() is None, "it is on the broker")
    code, said, _ = mesh("deploy", "check", file(takes=without("sample.greet", 2)))
    assert code == 1
    assert "1. sample 1.1: may NOT be deployed" in said
    assert "breaks: sample.greet v2 to sample 1.1: it takes it no more; 1 in sample.v2" in said
    assert "first: mesh deploy drained sample --major 2" in said


@pytest.mark.parametrize("broker_url", ONE_OF_EACH, indirect=True)
def test_drained_waits_for_the_last_one(
    start: Start, send: Any, mesh: Mesh, broker_url: str, tx: Any
) -> None:
    start("relay").ready()
    send(*(Greet(names=(str(number),)) for number in range(200)), Greet(names=("reject",)))
    eventually(lambda: leases.read(broker_url), "the relay is seen")
    code, said, _ = mesh("deploy", "drained", "sample", "--major", "2")
    head, *reasons = said.splitlines()
    assert (code, head) == (1, "sample v2 is not drained:")
    assert "sample.v2" in "".join(reasons)
    with begun("drained", "sample", "--major", "2", "--wait", url=broker_url) as waiting:
        start("worker").ready()
        [letter] = eventually(lambda: deadletters.listed(tx), "one ends as a dead letter")
        eventually(lambda: len(ledger(tx, "greet")) == 200, "all others are handled")
        eventually(lambda: counted_dead(broker_url), "the relay tells of it")
        assert waiting.poll() is None, "a dead letter may be sent again"
        deadletters.discard(tx, letter.id)
        code, said, error = ended(waiting)
    assert (code, said) == (0, "sample v2 is drained: sample.v2\n")
    assert "1 in the dead letters of sample: sample.greet v2" in error


@contextmanager
def begun(*words: str, url: str) -> "Iterator[subprocess.Popen[str]]":
    """A command that may never come to its end."""
    process = begin("mesh", "deploy", *words, BROKER_URL=url)
    try:
        yield process
    finally:
        process.kill()


def counted_dead(url: str) -> bool:
    return any(process.backlog.dead_letters for process in leases.read(url) if process.backlog)


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_what_a_command_cannot_do_is_said_with_what_to_do(
    start: Start, mesh: Mesh, file: Any, broker_url: str, tmp_path: Path
) -> None:
    start("relay").ready()
    eventually(lambda: leases.read(broker_url), "it is seen")
    (tmp_path / "damaged.json").write_text('{"service": "sample"')
    (tmp_path / "damaged.whl").write_bytes(b"no zip")
    for words, text in (
        (("check", "sample"), "'sample' names no build: give emails==2.0.0, or the path of its wheel"),
        (("check", "sample==7.0"), "no manifest of sample==7.0: no wheel of it in dist, it is not installed"),
        (("check", "sample==7.0"), "of sample there lives 1.0; give the path of its wheel or manifest"),
        (("check", "orders==99"), "0.1.0 is installed here, no process of orders is live; give the path"),
        (("check", str(tmp_path / "nothing.json")), "nothing.json: "),
        (("check", str(tmp_path / "damaged.json")), "damaged.json: its manifest.json is damaged: "),
        (("check", str(tmp_path / "damaged.whl")), "damaged.whl: File is not a zip file"),
        (("check", file(), "--rollback-to", "orders==0.1.0"), "orders 0.1.0 is no build of sample"),
        (("check", file(), file(), "--rollback-to", "1.0"), "--rollback-to is of one build"),
        (("drained", "sample", "--major", "9"), "no live build of sample takes anything of v9: they take "),
        (("drained", "nobody", "--major", "1"), "no process of nobody is live"),
        (("drained", "sample"), "Missing option '--major'"),
    ):
        code, said, error = mesh("deploy", *words)
        assert (code, said) == (2, ""), words
        assert text in error, words
    code, said, _ = mesh("deploy", "check", "sample==1.0")
    assert (code, "1. sample 1.0: may be deployed" in said) == (0, True), "a build that lives is known"


def test_a_broker_that_says_nothing_of_who_lives_is_no_ground_for_a_yes() -> None:
    code, said, error = run("mesh", "deploy", "check", "orders==0.1.0", "--broker", "sqs://127.0.0.1:1")
    assert (code, said) == (2, "")
    assert error == "mesh: this broker keeps no leases: nobody can say who lives\n"
    code, _, error = run("mesh", "deploy", "check", "orders==0.1.0")
    assert (code, "Missing option '--broker'" in error) == (2, True)
