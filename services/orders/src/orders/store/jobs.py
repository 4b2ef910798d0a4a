"""Jobs and their parts. How a part is doing is written down nowhere: it is read from where its message is,
and from what another service told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from contracts.files import File
from mesh import AsyncTx, Tx, whereabouts
from mesh.whereabouts import Place
from orders.jobs import Job, JobKind, JobState, Part
from orders.store.events import Position

KEPT, UNTOLD = "30 days", "1 hour"
"""A job; one whose lines stopped coming with its process."""

Line = tuple[int, str]
"""Its number in what was sent, and its JSON."""

_COLUMNS = "id, account, kind, created_at, total, ended_at, revoked_at, file"
_BEGIN = "INSERT INTO jobs (id, account, kind) VALUES (%s, %s, %s)"
_ADD_PART = """
    INSERT INTO job_parts (job_id, number, message_id, lines, total) VALUES (%s, %s, %s, %s, %s)
"""
_TELL = """
    UPDATE jobs SET total = (SELECT coalesce(sum(total), 0) FROM job_parts WHERE job_id = id),
        parts_left = %(parts)s, ended_at = CASE %(parts)s WHEN 0 THEN now() END
    WHERE id = %(id)s
"""
_DROP = "DELETE FROM jobs WHERE id = %s AND total IS NULL"
_FIND = f"SELECT {_COLUMNS} FROM jobs WHERE account = %s AND id = %s"
_LOCK = f"{_FIND} FOR UPDATE"
_PARTS = """
    SELECT number, name, message_id, total, done_at IS NOT NULL, told, jsonb_array_length(errors)
    FROM job_parts WHERE job_id = %s ORDER BY number
"""
_REVOKE = "UPDATE jobs SET revoked_at = now(), ended_at = now() WHERE id = %s"
_EMPTY = "UPDATE job_parts SET lines = '[]' WHERE job_id = %s AND done_at IS NULL RETURNING message_id"
_LINES = """
    SELECT account, lines FROM job_parts JOIN jobs ON id = job_id
    WHERE job_id = %s AND number = %s AND done_at IS NULL AND revoked_at IS NULL
"""
_DONE = """
    WITH done AS (
        UPDATE job_parts SET done_at = now(), lines = '[]', errors = %s WHERE job_id = %s AND number = %s
    )
    UPDATE jobs SET parts_left = parts_left - 1, xid = greatest(xid, pg_current_xact_id()),
        ended_at = CASE WHEN parts_left = 1 THEN coalesce(ended_at, now()) ELSE ended_at END
    WHERE id = %s RETURNING CASE WHEN parts_left = 0 AND revoked_at IS NULL THEN xid::text END
"""
_MADE = """
    UPDATE jobs SET file = %s WHERE id = %s AND kind = 'report' AND revoked_at IS NULL AND file IS NULL
    RETURNING account
"""
_HOLD = "SELECT FROM jobs WHERE id = %s FOR UPDATE"
_LEARN = """
    WITH added AS (
        INSERT INTO job_parts (job_id, number, name, message_id, lines, total)
        SELECT id, 1 + place, name, id, '[]', 1
        FROM jobs, unnest(%(parts)s::text[]) WITH ORDINALITY AS known (name, place)
        WHERE id = %(id)s AND kind = 'report' AND ended_at IS NULL
        ON CONFLICT DO NOTHING RETURNING 1
    ), grown AS (SELECT count(*) AS parts FROM added)
    UPDATE jobs SET total = total + parts, parts_left = parts_left + parts
    FROM grown WHERE id = %(id)s AND parts > 0
"""
_DONE_BY_NAME = """
    WITH done AS (
        UPDATE job_parts SET done_at = now() WHERE job_id = %(id)s AND name = %(name)s AND done_at IS NULL
        RETURNING 1
    )
    UPDATE jobs SET parts_left = parts_left - 1 FROM done WHERE id = %(id)s
"""
_END = """
    WITH done AS (UPDATE job_parts SET done_at = now() WHERE job_id = %(id)s AND done_at IS NULL)
    UPDATE jobs SET parts_left = 0, ended_at = coalesce(ended_at, now()) WHERE id = %(id)s
"""
_TROUBLE = """
    UPDATE job_parts SET told = %(told)s, told_at = %(at)s
    WHERE job_id = %(id)s AND done_at IS NULL AND (told_at < %(at)s) IS NOT FALSE
        AND CASE WHEN %(part)s::text IS NULL THEN number = 1 ELSE name = %(part)s END
"""
_SUMS = """
    SELECT sum(total)::int, sum(jsonb_array_length(errors))::int FROM job_parts WHERE job_id = %s
"""
_ERRORS = "SELECT number, errors FROM job_parts WHERE job_id = %s AND number > %s ORDER BY number LIMIT 1"
_OVER = f"""
    created_at < now() - CASE WHEN jobs.total IS NULL THEN interval '{UNTOLD}' ELSE interval '{KEPT}' END
"""
FORGET_PARTS = f"""
    WITH gone AS (
        DELETE FROM job_parts WHERE ctid = ANY (ARRAY(
            SELECT job_parts.ctid FROM jobs JOIN job_parts ON job_id = id WHERE {_OVER} LIMIT %s
        )) RETURNING 1
    ) SELECT count(*) FROM gone
"""
"""Of those whose time is over, and first: a job has up to five hundred."""
FORGET = f"""
    WITH gone AS (
        DELETE FROM jobs WHERE id IN (
            SELECT id FROM jobs
            WHERE {_OVER} AND NOT EXISTS (SELECT FROM job_parts WHERE job_id = id) LIMIT %s
        ) RETURNING 1
    ) SELECT count(*) FROM gone
"""
"""Those whose time is over; see `forgetting`."""


async def begin(tx: AsyncTx, id: UUID, account: str, kind: JobKind) -> None:
    """One whose parts are coming."""
    await tx.execute(_BEGIN, (id, account, kind))


async def add_part(tx: AsyncTx, id: UUID, number: int, message_id: UUID, lines: Sequence[Line]) -> None:
    """One of our own."""
    await tx.execute(_ADD_PART, (id, number, message_id, Jsonb(lines), len(lines)))


async def add_whole(tx: AsyncTx, id: UUID, message_id: UUID) -> None:
    """The only part of a job, which another service does."""
    await tx.execute(_ADD_PART, (id, 1, message_id, Jsonb([]), 1))


async def tell(tx: AsyncTx, id: UUID, parts: int) -> None:
    """All has come, in so many parts."""
    await tx.execute(_TELL, {"id": id, "parts": parts})


async def drop(tx: AsyncTx, id: UUID) -> None:
    """As if it had never begun, unless all of it has come: a commit whose answer is lost is one."""
    await tx.execute(_DROP, (id,))


async def find(tx: AsyncTx, account: str, id: UUID) -> Job | None:
    return await _read(tx, await (await tx.execute(_FIND, (account, id))).fetchone())


async def lock(tx: AsyncTx, account: str, id: UUID) -> Job | None:
    """One that does not end before this transaction does."""
    return await _read(tx, await (await tx.execute(_LOCK, (account, id))).fetchone())


async def revoke(tx: AsyncTx, id: UUID) -> list[UUID]:
    """Nothing more is done of it. Returns the ids of the messages that would have had it done."""
    await tx.execute(_REVOKE, (id,))
    return [row[0] for row in await (await tx.execute(_EMPTY, (id,))).fetchall()]


async def errors(tx: AsyncTx, id: UUID, after: int) -> list[tuple[int, list[Any]]]:
    """What was wrong with its lines, some parts behind that one: the part's number, and its errors."""
    return await (await tx.execute(_ERRORS, (id, after))).fetchall()


def lines(tx: Tx, id: UUID, part: int) -> tuple[str, list[Line]] | None:
    """Account and lines of a part. None: it is done, or called off."""
    row = tx.execute(_LINES, (id, part)).fetchone()
    return row and (row[0], [(number, text) for number, text in row[1]])


def done(tx: Tx, id: UUID, part: int, errors: Sequence[Any] = ()) -> Position | None:
    """A part is. Where it was the last one, of a job that nobody called off: the position that nothing which
    was done for it lies behind."""
    row = tx.execute(_DONE, (Jsonb(errors), id, part, id)).fetchone()
    return Position(int(row[0]), 0) if row and row[0] else None


def made(tx: Tx, id: UUID, file: File) -> str | None:
    """A report is. Returns whose it is; None: nobody wants it any more, or knows of it."""
    row = tx.execute(_MADE, (Json(file.model_dump()), id)).fetchone()
    return row and str(row[0])


def learn(tx: Tx, id: UUID, parts: Sequence[str]) -> None:
    """The part that another service does as a whole has these before it. Again changes nothing.

    Whoever changes parts of a report holds its job first: they wait for each other, and in no circle.
    """
    tx.execute(_HOLD, (id,))
    tx.execute(_LEARN, {"id": id, "parts": list(parts)})


def done_by_name(tx: Tx, id: UUID, name: str) -> None:
    """One of those is."""
    tx.execute(_DONE_BY_NAME, {"id": id, "name": name})


def end(tx: Tx, id: UUID) -> None:
    """All of it is, as far as it was not."""
    tx.execute(_END, {"id": id})


def trouble(tx: Tx, id: UUID, part: str | None, told: JobState, at: datetime) -> None:
    """Another service told of a part (None: of the whole) that it is not done. What it told before that comes
    too late."""
    tx.execute(_TROUBLE, {"id": id, "part": part, "told": told, "at": at})


def sums(tx: Tx, id: UUID) -> tuple[int, int]:
    """Lines, and those of them that failed."""
    lines, failed = tx.execute(_SUMS, (id,)).fetchone() or (0, 0)
    return lines, failed


async def _read(tx: AsyncTx, row: Sequence[Any] | None) -> Job | None:
    if row is None:
        return None
    rows = await (await tx.execute(_PARTS, (row[0],))).fetchall()
    places = await whereabouts.find(tx, [message_id for _, _, message_id, _, done, *_ in rows if not done])
    id, account, kind, created_at, total, ended_at, revoked_at, file = row
    revoked = revoked_at is not None
    parts = [
        Part(number, name, _state(done, revoked, told, places.get(message_id)), orders, failed)
        for number, name, message_id, orders, done, told, failed in rows
    ]
    made = File(**file) if file else None
    return Job(id, account, JobKind(kind), created_at, total, ended_at, revoked_at, made, parts)


def _state(done: bool, revoked: bool, told: str | None, place: Place | None) -> JobState:
    if done:
        return JobState.SUCCESS
    if revoked:
        return JobState.REVOKED
    return JobState(told) if told else _STATES[place or Place.AWAY]


_STATES = {
    Place.OUTBOX: JobState.PENDING,
    Place.AWAY: JobState.STARTED,
    Place.RETRY: JobState.RETRY,
    Place.DEAD: JobState.FAILURE,
}
