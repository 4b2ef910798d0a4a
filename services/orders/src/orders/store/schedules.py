"""Schedules, as their account said and as reports told. What is removed stays for a while, empty."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from contracts.reports import ScheduleFired, SetSchedule
from mesh import AsyncTx, Tx
from orders.schedules import Run, Schedule

_BESIDE = {"schedule_id", "account", "said_at"}

_COLUMNS = """
    id, account, said_at, said, version, created_at, confirmed_at = said_at, next_due_at,
    last_due_at, last_fired_at, last_report_id
"""
_THOSE = "FROM schedules WHERE account = %s AND removed_at IS NULL"
_OF = f"SELECT {_COLUMNS} {_THOSE} ORDER BY id"
_FIND = f"SELECT {_COLUMNS} {_THOSE} AND id = %s"
_LOCK = f"{_FIND} FOR UPDATE"
_COUNT = f"SELECT count(*) {_THOSE}"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('schedules of ' || %s, 0))"
_PUT = f"""
    INSERT INTO schedules AS known (id, account, version, said_at, said, next_due_at, told_at, confirmed_at)
    VALUES (%(id)s, %(account)s, 1, %(at)s, %(said)s, %(due)s, %(at)s, %(confirmed)s)
    ON CONFLICT (id) DO UPDATE SET
        version = known.version + CASE WHEN known.said_at < excluded.said_at THEN 1 ELSE 0 END,
        said_at = excluded.said_at, said = excluded.said, told_at = greatest(known.told_at, excluded.told_at),
        confirmed_at = coalesce(excluded.confirmed_at, known.confirmed_at),
        next_due_at = CASE WHEN known.told_at > excluded.told_at THEN known.next_due_at
                           ELSE excluded.next_due_at END
    WHERE known.removed_at IS NULL AND known.said_at <= excluded.said_at AND known.account = excluded.account
    RETURNING {_COLUMNS}
"""
_REMOVE = """
    INSERT INTO schedules (id, account, version, said_at, told_at, removed_at)
    VALUES (%(id)s, %(account)s, 1, %(at)s, %(at)s, now())
    ON CONFLICT (id) DO UPDATE SET removed_at = coalesce(schedules.removed_at, now()), said = NULL,
        next_due_at = NULL
"""
_FIRED = """
    UPDATE schedules SET last_due_at = %(due)s, last_fired_at = %(at)s, last_report_id = %(report)s
    WHERE id = %(id)s AND account = %(account)s AND (last_fired_at < %(at)s) IS NOT FALSE
"""
_NEXT = """
    UPDATE schedules SET next_due_at = %(next)s, told_at = %(at)s
    WHERE id = %(id)s AND account = %(account)s AND removed_at IS NULL AND told_at < %(at)s
"""
FORGET = """
    WITH gone AS (
        DELETE FROM schedules WHERE id IN (
            SELECT id FROM schedules WHERE removed_at < now() - interval '90 days' LIMIT %s
        ) RETURNING 1
    ) SELECT count(*) FROM gone
"""


class Word(NamedTuple):
    """What somebody said of one, and what follows from it."""

    said: SetSchedule
    due: datetime | None
    confirmed: bool
    """Whether reports has told it."""

    def values(self) -> dict[str, Any]:
        said = self.said
        return {
            "id": said.schedule_id,
            "account": said.account,
            "at": said.said_at,
            "said": Jsonb(said.model_dump(mode="json", exclude=_BESIDE)),
            "due": self.due,
            "confirmed": said.said_at if self.confirmed else None,
        }


async def count(tx: AsyncTx, account: str) -> int:
    """How many there are; nobody adds one to that account before this transaction ends."""
    await tx.execute(_ALONE, (account,))
    [found] = await (await tx.execute(_COUNT, (account,))).fetchone() or (0,)
    return int(found)


async def of(tx: AsyncTx, account: str) -> list[Schedule]:
    """The oldest first."""
    return [_schedule(*row) for row in await (await tx.execute(_OF, (account,))).fetchall()]


async def find(tx: AsyncTx, account: str, id: UUID) -> Schedule | None:
    return await _one(tx, _FIND, (account, id))


async def lock(tx: AsyncTx, account: str, id: UUID) -> Schedule | None:
    """One that nobody else changes before this transaction ends."""
    return await _one(tx, _LOCK, (account, id))


async def put(tx: AsyncTx, word: Word) -> Schedule:
    """The latest word of one that is new, or locked. Returns it as it is now."""
    kept = await _one(tx, _PUT, word.values())
    assert kept, "nobody said anything later meanwhile"
    return kept


async def remove(tx: AsyncTx, id: UUID, account: str, at: datetime) -> None:
    await tx.execute(_REMOVE, {"id": id, "account": account, "at": at})


def told(tx: Tx, word: Word) -> None:
    """By reports: what is later holds, whoever said it."""
    tx.execute(_PUT, word.values())


def told_removed(tx: Tx, id: UUID, account: str, at: datetime) -> None:
    """By reports. It is for good, also where nothing was heard of it before."""
    tx.execute(_REMOVE, {"id": id, "account": account, "at": at})


def fired(tx: Tx, fired: ScheduleFired) -> None:
    """By reports: the latest of these holds."""
    who = {"id": fired.schedule_id, "account": fired.account, "at": fired.fired_at}
    tx.execute(_FIRED, who | {"due": fired.due_at, "report": fired.report_id})
    tx.execute(_NEXT, who | {"next": fired.next_due_at})


async def _one(tx: AsyncTx, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> Schedule | None:
    row = await (await tx.execute(statement, values)).fetchone()
    return _schedule(*row) if row else None


def _schedule(id: UUID, account: str, said_at: datetime, said: dict[str, Any], *rest: Any) -> Schedule:
    word = SetSchedule.read({**said, "schedule_id": id, "account": account, "said_at": said_at})
    version, created_at, confirmed, next_due_at, *last = rest
    run = Run(*last) if last[0] else None
    return Schedule(word, version, created_at, bool(confirmed), next_due_at, run)
