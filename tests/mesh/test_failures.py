"""A service is told of each message that it did not handle, in the transaction that settles that message."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from outcomes import dead, due
from sample import Count, Greet, Outside, Ping, ledger

from contracts import Envelope
from mesh import Database, Unavailable
from mesh.database import transaction
from mesh.testing import around, raw

Deliver = Callable[..., None]


def told(tx: Any) -> list[str]:
    return ledger(tx, "failed")


def test_of_each_try(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("bug",)))
    for retries in range(3):
        deliver(raw(envelope, "sample", retries=retries))
    error = "ZeroDivisionError: a fault in the handler"
    assert told(tx) == [f"again: {error}", f"again: {error}", f"dead: exhausted: {error}"]


def test_of_what_is_refused(deliver: Deliver, tx: Any) -> None:
    deliver(Greet(names=("reject",)))
    assert told(tx) == ["dead: rejected: Reject: never"]


def test_of_what_kills(deliver: Deliver, tx: Any) -> None:
    deliver(raw(around(Greet(names=("Ada",))), "sample", deaths=3))
    assert told(tx) == ["dead: poison: 3 processes died handling it"]


def test_of_the_one_in_a_batch_that_is_at_fault(deliver: Deliver, tx: Any) -> None:
    deliver(Count(number=1), Count(number=-2), Count(number=3))
    assert (told(tx), ledger(tx, "count")) == (["-2"], ["1", "3"])


def test_of_what_needs_no_database(deliver: Deliver, tx: Any, outside: Outside) -> None:
    outside.fails = OSError("no line")
    deliver(Ping(text="hello"))
    assert told(tx) == ["hello"]


@pytest.mark.parametrize("name", ["retry", "reject"])
def test_a_fault_in_it_keeps_no_message_from_being_settled(deliver: Deliver, tx: Any, name: str) -> None:
    deliver(Greet(names=(name, "told badly")))
    assert told(tx) == []  # all of what it did, or nothing
    assert (len(due(tx)), len(dead(tx))) == ((1, 0) if name == "retry" else (0, 1))


def test_what_it_sends_belongs_to_the_story(deliver: Deliver, tx: Any) -> None:
    envelope = around(Greet(names=("reject", "tell")))
    deliver(envelope)
    [[document]] = tx.execute("SELECT envelope FROM outbox").fetchall()
    assert Envelope.read(document).causation_id == envelope.id


def test_a_database_without_room_is_away(deliver: Deliver, tx: Any) -> None:
    """Nothing can be said of the message there, so the worker keeps it, as if it had not come."""
    full = "BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END"
    tx.execute(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $${full}$$")
    for table in ("ledger", "outbox"):
        tx.execute(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()")
    with pytest.raises(Unavailable, match="no space left"):
        deliver(Greet(names=("Ada",)))
    tx.execute("DROP FUNCTION full_disk CASCADE")
    assert (ledger(tx, "greet"), due(tx), dead(tx)) == ([], [], [])
    deliver(Greet(names=("Ada",)))
    assert ledger(tx, "greet") == ["Ada"]


def test_a_statement_that_failed_cannot_be_passed_over(database: Database) -> None:
    """PostgreSQL rolls back all of its transaction, though it is told to commit."""
    with database.connection() as tx:
        rolled_back = pytest.raises(psycopg.errors.InFailedSqlTransaction, match="rolled back")
        with rolled_back, transaction(tx):
            tx.execute("SELECT 1 / 0")
            with suppress(psycopg.Error), tx.transaction():  # which first learns of what was before
                pass
