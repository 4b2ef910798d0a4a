"""Messages that no sender should send: each is kept or handled, and the worker goes on."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from corpus import CORPUS, ENTRIES
from inject import inject, inject_entries
from malformed import HANDLED, Malformed
from programs import Program, Start, eventually
from sample import Greet, ledger

from mesh.testing import around


def good(number: int) -> Malformed:
    """A message like any other, between two that are not."""
    envelope = around(Greet(names=(f"good {number}",)))
    headers = {"task": envelope.name, "id": str(envelope.id)}
    return Malformed(HANDLED, "", f"[[{envelope.model_dump_json()}], {{}}, {{}}]".encode(), headers)


def letters(tx: Any) -> list[tuple[str, str, bytes, Any]]:
    """Reason, error, body and headers of each dead letter."""
    return tx.execute("SELECT reason, error, body, headers FROM dead_letters").fetchall()


def name_in(body: bytes, headers: Any) -> str:
    """Which row of the corpus a dead letter is: its headers say so, or else its body does."""
    named = [name for name in CORPUS if f'"{name}"'.encode() in body]
    return headers.get("case") or " and ".join(named) or f"none of ours: {body[:80]!r} {headers}"


def missing(tx: Any, sent: dict[str, Malformed]) -> set[str]:
    """The names of what has neither been handled nor kept so far."""
    kept = {name_in(body, headers) for _, _, body, headers in letters(tx)}
    return set(sent) - kept - set(ledger(tx, "greet"))


def untroubled(worker: Program) -> bool:
    """It lives, none of its children died, and it never lost its connection."""
    said = worker.log.read_text()
    troubles = ("child.died", "worker.waiting", "Unrecoverable", "consumer: Connection")
    return worker.alive and not [trouble for trouble in troubles if trouble in said]


@pytest.mark.timeout(180)
def test_whatever_is_sent_is_kept_or_handled_and_the_worker_goes_on(
    start: Start, tx: Any, broker_url: str
) -> None:
    corpus = {name: m for name, m in CORPUS.items() if m.fits(broker_url)}
    between = {f"good {number}": good(number) for number in range(len(corpus))}
    sent = corpus | between
    worker = start("worker").ready()
    start("relay").ready()  # what fails is sent again by it
    inject(broker_url, [m for pair in zip(between.values(), corpus.values(), strict=True) for m in pair])
    eventually_none(lambda: missing(tx, sent))

    kept = {name_in(body, headers): (reason, error) for reason, error, body, headers in letters(tx)}
    expected = {name: m.becomes for name, m in corpus.items() if m.becomes != HANDLED}
    assert {name: reason for name, (reason, _) in kept.items()} == expected
    assert {name: error for name, (_, error) in kept.items() if corpus[name].says not in error} == {}
    assert len(letters(tx)) == len(expected)
    assert sorted(ledger(tx, "greet")) == sorted(name for name, m in sent.items() if m.becomes == HANDLED)
    assert untroubled(worker)


def eventually_none(left: Callable[[], set[str]]) -> None:
    """Wait until nothing is left; the failure tells what is."""
    with suppress(AssertionError):
        eventually(lambda: not left(), "nothing is left", 60)
    assert left() == set()


@pytest.mark.parametrize("broker_url", ["valkey", "redis"], indirect=True)
def test_entries_of_somebody_else_are_kept_whole(start: Start, tx: Any, broker_url: str) -> None:
    worker = start("worker").ready()
    inject_entries(broker_url, ENTRIES.values())
    inject(broker_url, [good(1)])
    eventually(lambda: len(letters(tx)) == len(ENTRIES), "all are kept")
    assert {reason for reason, *_ in letters(tx)} == {"malformed"}
    kept = [json.loads(body) for _, _, body, _ in letters(tx)]
    for entry in ENTRIES.values():
        assert {text(name): text(value) for name, value in entry.items()} in kept
    eventually(lambda: ledger(tx, "greet") == ["good 1"], "a good one is handled")
    assert untroubled(worker)


def text(value: str | bytes) -> str:
    """As it is kept: JSON has no bytes."""
    return value if isinstance(value, str) else value.decode(errors="backslashreplace")
