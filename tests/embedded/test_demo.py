"""`demo` tells a mesh that works from one that does not."""

from collections.abc import Callable
from pathlib import Path

from .conftest import Command, belonging_to

Run = Callable[..., Command]


def test_it_succeeds_and_stops_what_it_started(run: Run, state: Path) -> None:
    demo = run("demo")
    assert demo.ends() == 0, demo.output
    assert "each has one receipt" in demo.output
    assert "the journey of order" in demo.output
    assert "hello from" not in demo.output
    assert belonging_to(state) == []


def test_it_names_what_came_twice(run: Run, state: Path) -> None:
    demo = run("demo", FAKE_FAULT="receipts twice")
    assert demo.ends() == 1
    assert "should have the receipt of" in demo.output
    assert f"see {state}/logs/emails-worker.log" in demo.output


def test_it_shows_why_something_does_not_start(run: Run, state: Path) -> None:
    demo = run("demo", FAKE_FAULT="orders relay does not start")
    assert demo.ends() == 1
    assert f"the end of {state}/logs/orders-relay.log" in demo.output
    assert "no, thank you" in demo.output
