"""A service of the tests that takes more than it should: memory that it never gives back, and time. It has
tables like the sample's."""

import os
import time
from collections.abc import Sequence
from typing import Any

import sample

from contracts import Command, contract
from mesh import Consumer, Service, Settings, Tx
from mesh.timelimit import TimeLimit

LIMIT = 0.5
"""Seconds for a message that waits."""
_eaten: list[bytes] = []


@contract("greedy.eat", version=1)
class Eat(Command):
    """One by one."""

    number: int
    mib: int


@contract("greedy.gorge", version=1)
class Gorge(Command):
    """In batches."""

    number: int
    mib: int


@contract("greedy.wait", version=1)
class Wait(Command):
    """For longer than it may."""

    seconds: float
    deaf: bool
    """To the exception that tells it."""


consumer = Consumer[Any]("greedy")


@consumer.handles(Eat)
def eat(message: Eat, tx: Tx, deps: Any) -> None:
    _eat(tx, [message])


@consumer.handles(Gorge, batch=10)
def gorge(messages: Sequence[Gorge], tx: Tx, deps: Any) -> None:
    _eat(tx, messages)


@consumer.handles(Wait, attempts=2, time_limit=LIMIT)
def wait(message: Wait, tx: Tx, deps: Any) -> None:
    sample.enter(tx, "waited", str(message.seconds))
    end = time.monotonic() + message.seconds
    while time.monotonic() < end:
        try:
            time.sleep(0.01)
        except TimeLimit:
            if not message.deaf:
                raise


def _eat(tx: Tx, messages: Sequence[Eat | Gorge]) -> None:
    _eaten.extend(b"x" * (message.mib << 20) for message in messages)
    sample.enter(tx, "count", *(str(message.number) for message in messages))
    sample.enter(tx, "child", str(os.getpid()))


service = Service(
    consumer=consumer,
    settings=Settings,
    wiring=sample.wiring,
    migrations="sample.migrations",
    build="1.0",
)
