"""Time limits: of each message, in a child's main thread and in a worker's threads."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sample import Greet, Outside, ledger

from mesh import Consumer, Database, Retry, Tx, testing
from mesh.timelimit import LOOK, TimeLimit, hard, time_limit

LIMIT = 0.05

HUNG = f"""
import time
from mesh.timelimit import TimeLimit, time_limit

with time_limit({LIMIT}):
    while True:
        try:
            time.sleep(0.01)
        except TimeLimit:
            pass
"""


def sleep(message: Greet, tx: Tx, deps: Outside) -> None:
    time.sleep(30)


def ask_the_database(message: Greet, tx: Tx, deps: Outside) -> None:
    tx.execute("SELECT pg_sleep(30)").fetchone()


@pytest.mark.parametrize("handler", [sleep, ask_the_database])
def test_a_handler_that_blocks_is_interrupted_and_tried_again(
    database: Database, outside: Outside, tx: Any, handler: Callable[..., None]
) -> None:
    slow = Consumer[Outside]("sample")
    slow.handles(Greet, time_limit=LIMIT)(handler)
    before = time.monotonic()
    testing.deliver(slow, database, outside, Greet(names=("Ada",)))
    assert time.monotonic() - before < 20
    [(queue, retries)] = tx.execute("SELECT queue, retries FROM outbox").fetchall()
    assert (queue, retries) == ("sample.v2", 1)
    assert ledger(tx, "greet") == []


def test_a_thread_is_interrupted_when_it_is_back_in_python() -> None:
    said: list[str] = []

    def work() -> None:
        with pytest.raises(TimeLimit) as raised, time_limit(LIMIT):
            while True:
                time.sleep(0.01)
        said.append(str(raised.value))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert said == [f"handled for more than {LIMIT} s"]


@pytest.mark.parametrize("in_a_thread", [False, True])
def test_who_is_done_in_time_is_left_alone(in_a_thread: bool) -> None:
    failed: list[Exception] = []

    def work() -> None:
        try:
            for seconds in (0.0, LIMIT / 2, LIMIT + LOOK - 0.01, 0.0):
                try:
                    with time_limit(LIMIT + LOOK):
                        time.sleep(seconds)
                except TimeLimit:
                    pass  # a busy machine took longer
                for _ in range(10_000):
                    ""  # what is raised too late is raised here
        except Exception as error:  # noqa: BLE001 whatever it is, the test tells
            failed.append(error)

    if in_a_thread:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    else:
        work()
    assert failed == []


def test_a_handler_that_goes_on_all_the_same_ends_its_process() -> None:
    before = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "handler.hung" in ended.stdout + ended.stderr
    assert "time.sleep(0.01)" not in ended.stderr.partition("handler.hung")[0]
    assert time.monotonic() - before >= hard(LIMIT)


@pytest.mark.parametrize("after", [-1, 1e12, float("nan"), float("inf")])
def test_no_message_waits_for_ever(after: float) -> None:
    with pytest.raises(ValueError, match="seconds, from 0"):
        Retry("later", after=after)


def test_other_signals_of_that_kind_do_nothing() -> None:
    with time_limit(30):
        signal.raise_signal(signal.SIGALRM)
