"""A small service of the tests: its contracts, its handlers, and a ledger of what they did."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from contracts import Command, Event, Value, contract
from mesh import (
    Consumer,
    Effect,
    Failure,
    Reject,
    Retry,
    Service,
    Settings,
    Tx,
    Unavailable,
    outbox,
)


@contract("sample.greet", version=1)
class GreetV1(Command):
    """Version 1 knew one name."""

    name: str

    def upcast(self) -> "GreetV2":
        return GreetV2(names=(self.name,))


@contract("sample.greet", version=2)
class GreetV2(Command):
    names: tuple[str, ...]


@contract("sample.greeted", version=1)
class Greeted(Event):
    names: tuple[str, ...]


@contract("sample.count", version=1)
class Count(Command):
    number: int


@contract("sample.post", version=1)
class Post(Command):
    """Asks for an effect outside the database."""

    text: str


@contract("sample.ping", version=1)
class Ping(Command):
    """Needs no database."""

    text: str


@contract("sample.tally", version=1)
class Tally(Command):
    """Needs no database, in batches."""

    number: int


class Number(Value):
    """A reply."""

    number: int


@contract("sample.double", version=1, replies=Number)
class Double(Command):
    """Is answered."""

    number: int


@contract("sample.work", version=1, lanes=("bulk",), replies=Number)
class Work(Command):
    """Takes its time, and may travel in a lane of its own."""

    text: str
    seconds: float = 0.0


@contract("sample.measure", version=1, replies=Number)
class Measure(Command):
    """Is refused until somebody writes `mended` into the ledger."""

    number: int


@contract("sample.worked", version=1, lanes=("bulk",))
class Worked(Event):
    text: str


Greet = GreetV2
consumer = Consumer["Outside"]("sample")


class Outside:
    """The world outside the database, as the tests see it."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.fails: Exception | None = None

    def post(self, text: str) -> int:
        if self.fails:
            raise self.fails
        self.posted.append(text)
        return len(self.posted)


def greeting_failed(message: GreetV2, tx: Tx, failure: Failure) -> None:
    enter(tx, "failed", f"{'again' if failure.again else 'dead'}: {failure.error}")
    if "tell" in message.names:
        outbox.put(tx, Greeted(names=message.names))
    if "told badly" in message.names:
        tx.execute("SELECT 1/0")


def count_failed(message: Count, tx: Tx, failure: Failure) -> None:
    enter(tx, "failed", str(message.number))


def ping_failed(message: Ping, tx: Tx, failure: Failure) -> None:
    enter(tx, "failed", message.text)


@consumer.handles(GreetV2, attempts=3, failed=greeting_failed)
def greet(message: GreetV2, tx: Tx, deps: Outside) -> None:
    enter(tx, "greet", *message.names)
    outbox.put(tx, Greeted(names=message.names))
    if "retry" in message.names:
        raise Retry("not now", after=0.1)
    if "reject" in message.names:
        raise Reject("never")
    if "away" in message.names:
        raise Unavailable("what it needs is away", after=60)
    if "bug" in message.names:
        raise ZeroDivisionError("a fault in the handler")
    if "die" in message.names:
        import os

        os._exit(1)


@consumer.handles(Count, batch=100, failed=count_failed)
def count(messages: Sequence[Count], tx: Tx, deps: Outside) -> None:
    enter(tx, "count", *(str(m.number) for m in messages))
    if any(m.number < 0 for m in messages):
        raise ValueError("negative")


@consumer.handles(Post, attempts=2)
def post(message: Post, tx: Tx, deps: Outside) -> Effect[int]:
    enter(tx, "intended", message.text)

    def then(tx: Tx, number: int) -> None:
        enter(tx, "posted", message.text)

    def in_doubt(tx: Tx) -> None:
        enter(tx, "doubted", message.text)

    once = in_doubt if message.text == "once" else None
    return Effect(perform=lambda: deps.post(message.text), then=then, in_doubt=once)


@consumer.handles(Ping, inbox=False, attempts=2, failed=ping_failed)
def ping(message: Ping, deps: Outside) -> None:
    deps.post(message.text)


@consumer.handles(Tally, inbox=False, batch=100)
def tally(messages: Sequence[Tally], deps: Outside) -> None:
    if any(m.number < 0 for m in messages):
        raise ValueError("negative")
    deps.post(",".join(str(m.number) for m in messages))


@consumer.handles(Double, attempts=3)
def double(message: Double, tx: Tx, deps: Outside) -> Number:
    enter(tx, "double", str(message.number))
    if message.number == 13 and "13" not in deps.posted:
        deps.posted.append("13")
        raise Retry("not now", after=0.1)
    if message.number < 0:
        raise Reject("negative")
    return Number(number=2 * message.number)


@consumer.handles(Work, attempts=2)
def work(message: Work, tx: Tx, deps: Outside) -> Number:
    enter(tx, "work", message.text)
    time.sleep(message.seconds)
    if message.text == "retry" and "retry" not in deps.posted:
        deps.posted.append("retry")
        raise Retry("not now", after=0.1)
    if message.text == "reject":
        raise Reject("never")
    return Number(number=len(message.text))


@consumer.handles(Measure)
def measure(message: Measure, tx: Tx, deps: Outside) -> Number:
    if message.number < 0 and not ledger(tx, "mended"):
        raise Reject("broken")
    enter(tx, "measured", str(message.number))
    return Number(number=abs(message.number))


@contextmanager
def wiring(settings: Settings) -> Iterator[Outside]:
    yield Outside()


service = Service(consumer=consumer, settings=Settings, sends=(Greeted,), wiring=wiring, build="1.0")


def enter(tx: Tx, what: str, *details: str) -> None:
    """Write into the ledger."""
    tx.execute("INSERT INTO ledger (what, detail) SELECT %s, unnest(%s::text[])", (what, list(details)))


def ledger(tx: Any, what: str) -> list[str]:
    """What the handlers entered, in order."""
    rows = tx.execute("SELECT detail FROM ledger WHERE what = %s ORDER BY id", (what,))
    return [row[0] for row in rows]
