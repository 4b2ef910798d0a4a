"""The inbox: which messages this service has handled. A row commits with the handler's effects.

`done_at` is empty while an effect outside the database is under way. Whoever performs it holds an
advisory lock on the message, which its death releases: a copy delivered meanwhile finds the lock
taken and waits, one delivered after a crash finds it free and knows that the effect is uncertain.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import Enum
from uuid import UUID

from contracts import Value
from mesh import bulk
from mesh.database import Tx


class Seen(Enum):
    """What the inbox knows of a message that is delivered."""

    NEVER = "never"
    DONE = "done"
    UNCERTAIN = "uncertain"
    """An effect was begun and its end was not recorded: its performer crashed, or is at it."""


_BEGIN = """
    INSERT INTO inbox (message_id, name) SELECT * FROM unnest(%b::uuid[], %b::text[]) ORDER BY 1
    ON CONFLICT DO NOTHING RETURNING message_id
"""
_LOOK = "SELECT message_id, done_at IS NULL FROM inbox WHERE message_id = ANY(%s)"
_OPEN = """
    UPDATE inbox SET done_at = NULL WHERE message_id = ANY(%s)
    RETURNING message_id, pg_try_advisory_lock(hashtextextended(message_id::text, 0))
"""
_CLOSE = """
    UPDATE inbox SET done_at = now() WHERE message_id = ANY(%s)
    RETURNING pg_advisory_unlock(hashtextextended(message_id::text, 0))
"""
_FORGET = """
    DELETE FROM inbox WHERE message_id = ANY(%s)
    RETURNING pg_advisory_unlock(hashtextextended(message_id::text, 0))
"""

_RELEASE = "SELECT pg_advisory_unlock(hashtextextended(id::text, 0)) FROM unnest(%s::uuid[]) AS id"

_REPLY = """
    UPDATE inbox SET reply = new.reply
    FROM unnest(%b::uuid[], %b::json[]) AS new (id, reply) WHERE message_id = new.id
"""

_LEAVE = "DELETE FROM inbox WHERE message_id = ANY(%s)"

_PRUNE = """
    DELETE FROM inbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM inbox
        WHERE begun_at < now() - %s AND done_at IS NOT NULL ORDER BY begun_at LIMIT %s
    ))
"""  # in the order of the index, or a plan might read the whole table for the first that are old

KEPT = timedelta(days=14)
"""How long a handled message is remembered: longer than any copy of it can still be under way."""


def begin(tx: Tx, ids: Sequence[UUID], names: Sequence[str]) -> dict[UUID, Seen]:
    """Enter messages, and tell which of them were entered before.

    Waits for a transaction that is entering one of them at this moment; by id, so that two never wait
    for each other.
    """
    new = {row[0] for row in tx.execute(_BEGIN, (ids, names))}
    seen = dict.fromkeys(new, Seen.NEVER)
    if known := [id for id in ids if id not in new]:
        for id, open in tx.execute(_LOOK, (known,)):
            seen[id] = Seen.UNCERTAIN if open else Seen.DONE
    return seen


def open_effects(tx: Tx, ids: Collection[UUID]) -> set[UUID]:
    """Record that the effects of these messages begin now. Returns those that are ours to perform."""
    return {id for id, ours in tx.execute(_OPEN, (list(ids),)) if ours}


def close_effects(tx: Tx, ids: Collection[UUID]) -> None:
    """Record that the effects of these messages are done."""
    tx.execute(_CLOSE, (list(ids),))


def reply(tx: Tx, id: UUID, value: Value) -> None:
    """Keep what the handler answered: whoever asks for the message again gets the same answer."""
    bulk.write(tx, _REPLY, (id, value.model_dump_json()))


def leave(tx: Tx, ids: Collection[UUID]) -> None:
    """Take out messages that this transaction has entered and not begun to handle."""
    tx.execute(_LEAVE, (list(ids),))


def release(tx: Tx, ids: Collection[UUID]) -> None:
    """Give up messages whose effects may have been performed, and remember that they may."""
    tx.execute(_RELEASE, (list(ids),))


def forget(tx: Tx, ids: Collection[UUID]) -> None:
    """Take messages out, so that their next delivery is their first."""
    tx.execute(_FORGET, (list(ids),))


def prune(tx: Tx, most: int) -> int:
    """Forget up to `most` messages that were handled longer ago than `KEPT`. Returns how many."""
    return tx.execute(_PRUNE, (KEPT, most)).rowcount
