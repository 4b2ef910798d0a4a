"""The SQL of schedules. What is written here is told to the beats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from contracts.reports import SetSchedule
from mesh import Tx

CHANNEL = "schedules"
"""The PostgreSQL channel on which beats hear of a change."""

_BESIDE = {"schedule_id", "account", "said_at"}
_COLUMNS = "id, account, said_at, removed_at, said, next_due_at, last_due_at"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_FIND = f"SELECT {_COLUMNS} FROM schedules WHERE id = %s"
_LISTED = f"SELECT {_COLUMNS} FROM schedules WHERE removed_at IS NULL ORDER BY account NULLS FIRST, id"
_PUT = """
    INSERT INTO schedules (id, account, said_at, said, next_due_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET
        said_at = excluded.said_at, said = excluded.said, next_due_at = excluded.next_due_at
"""
_REMOVE = """
    INSERT INTO schedules (id, account, said_at, removed_at) VALUES (%s, %s, %s, now())
    ON CONFLICT (id) DO UPDATE SET removed_at = now(), said = NULL, next_due_at = NULL
"""
_FORGET = "DELETE FROM schedules WHERE removed_at < now() - interval '90 days' AND id <> %s"
_UPCOMING = "SELECT id, next_due_at FROM schedules WHERE next_due_at IS NOT NULL"
_MOVE = "UPDATE schedules SET next_due_at = %s, last_due_at = %s WHERE id = %s"
_TELL = f"SELECT pg_notify('{CHANNEL}', '')"


class Row(NamedTuple):
    """A schedule, or what is left of one."""

    id: UUID
    account: str | None
    said_at: datetime
    removed_at: datetime | None
    said: dict[str, Any] | None
    """Fields of contracts.reports.SetSchedule, but those beside it. None: it is removed."""
    next_due_at: datetime | None
    last_due_at: datetime | None


def alone(tx: Tx, id: UUID) -> None:
    """Nobody else changes that schedule before this transaction ends, also where there is none yet."""
    tx.execute(_ALONE, (id,))


def find(tx: Tx, id: UUID) -> Row | None:
    row = tx.execute(_FIND, (id,)).fetchone()
    return Row(*row) if row else None


def listed(tx: Tx) -> list[Row]:
    """All that are not removed."""
    return [Row(*row) for row in tx.execute(_LISTED)]


def put(tx: Tx, said: SetSchedule, due: datetime | None) -> None:
    """It is so from now on, and falls due then."""
    data = Jsonb(said.model_dump(mode="json", exclude=_BESIDE))
    tx.execute(_PUT, (said.schedule_id, said.account, said.said_at, data, due))
    tx.execute(_TELL)


def remove(tx: Tx, id: UUID, account: str | None, said_at: datetime, *, never_forget: UUID) -> None:
    """Remember that it is removed, for longer than an older word can be under way; that one for ever."""
    tx.execute(_REMOVE, (id, account, said_at))
    tx.execute(_FORGET, (never_forget,))
    tx.execute(_TELL)


def upcoming(tx: Tx) -> Sequence[tuple[UUID, datetime]]:
    """When each falls due next."""
    return tx.execute(_UPCOMING).fetchall()


def move(tx: Tx, id: UUID, due: datetime | None, last: datetime) -> None:
    """All up to `last` was sent off; next is `due`."""
    tx.execute(_MOVE, (due, last, id))
