"""Dead letters: messages this service could not handle, kept with all that is needed to mend them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from psycopg.rows import class_row
from psycopg.types.json import Json
from pydantic_core import from_json

from contracts import ContractError, Envelope
from mesh import context, outbox
from mesh.database import Tx

Reason = Literal["contract", "rejected", "exhausted", "unknown", "malformed", "poison"]
"""contract    it does not fit the contract that it names
rejected    the handler said it would never succeed
exhausted   it failed on every attempt
unknown     this build has no handler, or not that version: another build may
malformed   it is no message of the mesh at all
poison      processes died while they handled it"""

_MALFORMED = UUID("7d1f9f0e-5a0c-4c36-9a5e-0a4d0f3b6f11")
"""Namespace of the ids of what carries none: the same bytes and headers get the same id: a copy is seen."""

_HIGHEST = 2**31 - 1
"""What a version's column holds; whoever sends nonsense may call it a version."""

_LONGEST = 2_000  # characters of an error: who sends nonsense may have it quoted at any length

_KEEP = """
    INSERT INTO dead_letters
        (id, name, version, queue, reason, error, attempts, body, headers, carries, builds)
    VALUES (%(id)s, %(name)s, %(version)s, %(queue)s, %(reason)s, %(error)s, %(attempts)s, %(body)s,
            %(headers)s, %(carries)s, ARRAY[%(build)s])
    ON CONFLICT (id) DO UPDATE SET
        reason = excluded.reason, error = excluded.error, died_at = now(),
        attempts = excluded.attempts,
        builds = (SELECT array_agg(DISTINCT b) FROM unnest(dead_letters.builds || excluded.builds) b)
"""
_LIST = "SELECT id, name, queue, reason, error, attempts, died_at, builds FROM dead_letters"
_TAKE = "DELETE FROM dead_letters WHERE id = %s RETURNING body, queue, carries"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One of them, as an operator sees it."""

    id: UUID
    name: str | None
    queue: str
    reason: Reason
    error: str
    attempts: int
    died_at: datetime
    builds: list[str]


def keep(
    tx: Tx,
    body: bytes,
    headers: dict[str, Any],
    *,
    queue: str,
    reason: Reason,
    error: str,
    attempts: int,
    envelope: Envelope | None = None,
    carries: dict[str, Any] | None = None,
) -> UUID:
    """Keep a message. A copy of one that is kept already only adds what is new."""
    id = envelope.id if envelope else identity(body, headers)
    values = {
        "id": id,
        "name": envelope and _text(envelope.name),
        "version": envelope and min(envelope.version, _HIGHEST),
        "queue": queue,
        "reason": reason,
        "error": _text(error[:_LONGEST]),
        "attempts": attempts,
        "body": envelope.model_dump_json().encode() if envelope else body,
        "headers": Json(headers, dumps=_json),
        "carries": carries and Json(carries),
        "build": context.producer().build,
    }
    tx.execute(_KEEP, values)
    return id


def identity(body: bytes, headers: dict[str, Any]) -> UUID:
    """The id of a dead letter that carries none: of what its sender wrote, and not of what the broker
    adds to the headers, which is not the same for every copy."""
    told = {name: value for name, value in headers.items() if not name.startswith("x-")}
    return uuid5(_MALFORMED, f"{_json(told)} {body.hex()}")


def listed(tx: Tx) -> list[DeadLetter]:
    """All of them, oldest first."""
    with tx.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(_LIST + " ORDER BY died_at").fetchall()


def find(tx: Tx, id: UUID) -> tuple[DeadLetter, bytes] | None:
    """One of them, with the message."""
    with tx.cursor(row_factory=class_row(DeadLetter)) as cursor:
        letter = cursor.execute(_LIST + " WHERE id = %s", (id,)).fetchone()
    body = tx.execute("SELECT body FROM dead_letters WHERE id = %s", (id,)).fetchone()
    return (letter, body[0]) if letter and body else None


def replay(tx: Tx, id: UUID) -> bool:
    """Send a dead letter to its queue again, with all its attempts. False: there is no such one.

    Raises contracts.ContractError for one that has no envelope: there is nothing to send.
    """
    row = tx.execute(_TAKE, (id,)).fetchone()
    if not row:
        return False
    body, queue, carries = row
    outbox.put_back(tx, _envelope(body), queue, retries=0, after=0, carries=_timeless(carries))
    return True


def discard(tx: Tx, id: UUID) -> bool:
    """Give a dead letter up for good. False: there is no such one."""
    return tx.execute(_TAKE, (id,)).fetchone() is not None


def _timeless(carries: dict[str, Any] | None) -> dict[str, Any] | None:
    """Who replays it has decided that it is not too late."""
    if carries is None:
        return None
    kept = {name: value for name, value in carries["headers"].items() if name != "expires"}
    return {**carries, "headers": kept}


def _text(value: str) -> str:
    """What PostgreSQL stores as text: whoever sends nonsense shall not escape being kept."""
    return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _json(value: Any) -> str:
    """Without the NaN and infinities of Python's JSON, which PostgreSQL refuses."""
    return json.dumps(json.loads(json.dumps(value, default=repr), parse_constant=str))


def _envelope(body: bytes) -> Envelope:
    try:
        return Envelope.read(from_json(body))
    except ValueError as error:
        raise ContractError(f"this dead letter is no message that could be sent: {error}") from None
