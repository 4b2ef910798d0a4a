"""Limits of a child: its memory, after which another one takes its place, and the time of each message."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from counting import settled
from greedy import LIMIT, Eat, Gorge, Wait
from programs import Program, Start, eventually
from sample import ledger

from mesh import Settings, deadletters
from mesh.delivery import POISON
from mesh.errors import MissingSettings
from mesh.timelimit import hard

MEMORY = 160
"""MiB for a child: what it begins with is about half of that."""
MANY = 60
_EACH = 8  # MiB


@pytest.fixture
def greedy(url: str, broker_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts a process of the greedy service."""
    started: list[Program] = []

    def start(role: str, **told: str) -> Program:
        where = {"DATABASE_URL": url, "BROKER_URL": broker_url, "PYTHONPATH": "deploy:tests/support"}
        started.append(Program("greedy", role, folder=tmp_path, **where | told))
        return started[-1].start()

    yield start
    for program in started:
        program.destroy()


def children(worker: Program) -> list[psutil.Process]:
    return psutil.Process(worker.pid).children()


def largest(worker: Program) -> float:
    """MiB of its largest child, at this moment."""
    return max((child.memory_info().rss / 2**20 for child in children(worker)), default=0.0)


@pytest.mark.parametrize("kind", [Eat, Gorge])
@pytest.mark.parametrize("concurrency", ["1", "2"])
def test_a_child_that_grew_is_replaced_and_nothing_is_lost_or_doubled(
    greedy: Start, send: Any, tx: Any, kind: type[Eat] | type[Gorge], concurrency: str
) -> None:
    """Messages wait all the time, so that one is handed over at each of the moments at which a child ends."""
    greedy("relay").ready()
    worker = greedy("worker", MEMORY_PER_CHILD=str(MEMORY), CONCURRENCY=concurrency).ready()
    send(*(kind(number=n, mib=_EACH) for n in range(MANY)))
    settled(tx, MANY)
    chunks = Counter(ledger(tx, "child"))
    assert len(chunks) >= MANY * _EACH / MEMORY / 2, "a child is replaced when it has grown"
    assert worker.events("child.died") == []
    eventually(lambda: largest(worker) < MEMORY, "none is left that is larger")


def test_a_child_that_has_not_grown_stays(greedy: Start, send: Any, tx: Any) -> None:
    greedy("relay").ready()
    worker = greedy("worker", MEMORY_PER_CHILD=str(MEMORY), CONCURRENCY="1").ready()
    send(*(Eat(number=n, mib=0) for n in range(300)))
    settled(tx, 300)
    assert {int(pid) for pid in ledger(tx, "child")} == {child.pid for child in children(worker)}


def test_a_message_that_takes_too_long_is_tried_again_and_kept_in_the_end(
    greedy: Start, send: Any, tx: Any
) -> None:
    """The soft limit: an exception, where the handler is. Its child stays."""
    greedy("relay").ready()
    worker = greedy("worker", CONCURRENCY="1").ready()
    [before] = children(worker)
    send(Wait(seconds=60, deaf=False))
    [letter] = eventually(lambda: deadletters.listed(tx), "it is a dead letter")
    assert (letter.reason, letter.attempts) == ("exhausted", 2)
    assert letter.error == f"TimeLimit: handled for more than {LIMIT:g} s"
    assert ledger(tx, "waited") == []
    assert children(worker) == [before]


def test_one_that_goes_on_all_the_same_ends_its_child_and_is_kept_after_a_few(
    greedy: Start, send: Any, tx: Any
) -> None:
    """The hard limit. Its neighbours are handled."""
    greedy("relay").ready()
    worker = greedy("worker", CONCURRENCY="1").ready()
    send(Wait(seconds=60, deaf=True), *(Wait(seconds=0, deaf=False) for _ in range(5)))
    [letter] = eventually(lambda: deadletters.listed(tx), "it is a dead letter", 60 + 10 * hard(LIMIT))
    assert (letter.reason, letter.error) == ("poison", f"{POISON} processes died handling it")
    assert len(worker.events("handler.hung")) == POISON
    eventually(lambda: len(ledger(tx, "waited")) == 5, "its neighbours are handled")
    assert worker.alive


def test_a_limit_that_no_child_begins_below_is_refused() -> None:
    with pytest.raises(MissingSettings, match=r"MEMORY_PER_CHILD: .* greater than or equal to 128"):
        Settings.load({"DATABASE_URL": "x://", "BROKER_URL": "x://", "MEMORY_PER_CHILD": "20"})
