"""The SQL of chores: a row for each that is set up, by the name of its command."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from contracts.timing import Timing
from mesh import Tx

_COLUMNS = "command, timing, next_due_at, last_due_at"
_LISTED = f"SELECT {_COLUMNS} FROM chores ORDER BY command"
_FIND = f"SELECT {_COLUMNS} FROM chores WHERE command = %s FOR UPDATE"
_SET = """
    INSERT INTO chores (command, timing, next_due_at) VALUES (%(command)s, %(timing)s, %(now)s)
    ON CONFLICT (command) DO UPDATE SET
        timing = excluded.timing,
        next_due_at = CASE WHEN chores.next_due_at <= %(now)s THEN chores.next_due_at ELSE %(following)s END
    WHERE chores.timing <> excluded.timing
"""
_KEEP = "DELETE FROM chores WHERE command <> ALL(%s)"
_MOVE = "UPDATE chores SET next_due_at = %s, last_due_at = %s WHERE command = %s"


class Row(NamedTuple):
    """One chore."""

    command: str
    timing: Timing
    next_due_at: datetime | None
    last_due_at: datetime | None


def listed(tx: Tx) -> list[Row]:
    return [_read(row) for row in tx.execute(_LISTED)]


def alone(tx: Tx, command: str) -> Row | None:
    """Nobody else changes it before this transaction ends."""
    row = tx.execute(_FIND, (command,)).fetchone()
    return _read(row) if row else None


def set_up(tx: Tx, command: str, timing: Timing, now: datetime, following: datetime | None) -> None:
    """A new one is due now. One that has another timing is due next at `following`; what is due stays due."""
    told = {"command": command, "timing": Jsonb(timing.model_dump(mode="json"))}
    tx.execute(_SET, {**told, "now": now, "following": following})


def keep(tx: Tx, commands: Collection[str]) -> None:
    """These alone."""
    tx.execute(_KEEP, (list(commands),))


def move(tx: Tx, command: str, due: datetime | None, last: datetime) -> None:
    """All up to `last` was sent off; next is `due`."""
    tx.execute(_MOVE, (due, last, command))


def _read(row: tuple[Any, ...]) -> Row:
    command, timing, due, last = row
    return Row(command, Timing.model_validate(timing), due, last)
