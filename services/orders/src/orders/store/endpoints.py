"""Endpoints: where accounts have their events sent. Each reads the events of its account at its own pace."""

from collections.abc import Collection, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from mesh import AsyncTx
from orders.store.events import Position
from orders.webhooks import BOTH_SECRETS, Endpoint

_COLUMNS = """
    id, account, url, types, description, secret, enabled, created_at, failing_since, disabled_why,
    old_secret, old_secret_until
"""
_ADD = f"""
    INSERT INTO endpoints ({_COLUMNS}, xid, seq)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text::xid8, %s)
"""
_OF = f"SELECT {_COLUMNS} FROM endpoints WHERE account = %s ORDER BY id"
_FIND = f"SELECT {_COLUMNS} FROM endpoints WHERE account = %s AND id = %s"
_LOCK = f"{_FIND} FOR UPDATE"
_THESE = f"SELECT {_COLUMNS} FROM endpoints WHERE id = ANY(%s)"
_CHANGE = """
    UPDATE endpoints SET url = %s, types = %s, description = %s, enabled = %s, disabled_why = %s,
        failing_since = CASE WHEN %s THEN failing_since END
    WHERE id = %s
"""
_REPLACE_SECRET = f"""
    UPDATE endpoints SET old_secret = secret, old_secret_until = now() + %s, secret = %s
    WHERE account = %s AND id = %s RETURNING {_COLUMNS}
"""
_REMOVE = "DELETE FROM endpoints WHERE account = %s AND id = %s RETURNING 1"
_READERS = f"""
    SELECT asked.id, locked.* FROM endpoints AS asked LEFT JOIN LATERAL (
        SELECT {_COLUMNS}, xid::text, seq FROM endpoints WHERE id = asked.id FOR UPDATE SKIP LOCKED
    ) AS locked ON true
    WHERE asked.enabled AND asked.id > %(behind)s {{whose}} ORDER BY asked.id LIMIT %(limit)s
"""
_READERS_OF, _READERS_ALL = (
    _READERS.format(whose="AND asked.account = %(account)s"),
    _READERS.format(whose=""),
)
_MOVE = "UPDATE endpoints SET xid = %s::text::xid8, seq = %s WHERE id = %s"
_TOOK = "UPDATE endpoints SET failing_since = NULL WHERE id = ANY(%s) AND failing_since IS NOT NULL"
_FAILED = "UPDATE endpoints SET failing_since = %s WHERE id = ANY(%s) AND failing_since IS NULL"
_DISABLE = """
    UPDATE endpoints SET enabled = false, disabled_why = %s
    WHERE id = %s AND enabled AND url = %s AND failing_since IS NOT NULL RETURNING 1
"""


class Reader(NamedTuple):
    """An endpoint, and the last event that it was given."""

    endpoint: Endpoint
    position: Position


async def add(tx: AsyncTx, endpoint: Endpoint, position: Position) -> None:
    """From the events behind that position on."""
    await tx.execute(_ADD, (*_row(endpoint), *position))


async def of(tx: AsyncTx, account: str) -> list[Endpoint]:
    """The oldest first."""
    return [_endpoint(row) for row in await (await tx.execute(_OF, (account,))).fetchall()]


async def find(tx: AsyncTx, account: str, id: UUID) -> Endpoint | None:
    row = await (await tx.execute(_FIND, (account, id))).fetchone()
    return row and _endpoint(row)


async def lock(tx: AsyncTx, account: str, id: UUID) -> Endpoint | None:
    """One that nobody else changes before this transaction ends."""
    row = await (await tx.execute(_LOCK, (account, id))).fetchone()
    return row and _endpoint(row)


async def these(tx: AsyncTx, ids: Collection[UUID]) -> dict[UUID, Endpoint]:
    rows = await (await tx.execute(_THESE, (list(ids),))).fetchall()
    return {row[0]: _endpoint(row) for row in rows}


async def change(tx: AsyncTx, after: Endpoint, *, fresh: bool) -> None:
    """Keep what its owner wants. `fresh`: what failed before does not count any more."""
    wanted = after.url, list(after.types), after.description, after.enabled, after.disabled_why
    await tx.execute(_CHANGE, (*wanted, not fresh, after.id))


async def replace_secret(tx: AsyncTx, account: str, id: UUID, secret: str) -> Endpoint | None:
    """For a day the old one signs, too."""
    row = await (await tx.execute(_REPLACE_SECRET, (BOTH_SECRETS, secret, account, id))).fetchone()
    return row and _endpoint(row)


async def remove(tx: AsyncTx, account: str, id: UUID) -> bool:
    """At once, whatever is on its way there: see deliveries.FORGET_REMOVED. Returns whether there was one."""
    return await (await tx.execute(_REMOVE, (account, id))).fetchone() is not None


async def readers(tx: AsyncTx, account: str, behind: UUID, limit: int) -> dict[UUID, Reader | None]:
    """The next enabled ones of an account (an empty one: of all). None: somebody else is at it just now."""
    values = {"account": account, "behind": behind, "limit": limit}
    rows = await (await tx.execute(_READERS_OF if account else _READERS_ALL, values)).fetchall()
    return {row[0]: _reader(row[1:]) if row[1] else None for row in rows}


async def move(tx: AsyncTx, id: UUID, position: Position) -> None:
    """It was given all up to there."""
    await tx.execute(_MOVE, (*position, id))


async def took(tx: AsyncTx, ids: Collection[UUID]) -> None:
    """These took what they were sent."""
    await tx.execute(_TOOK, (list(ids),))


async def failed(tx: AsyncTx, ids: Collection[UUID], at: datetime) -> None:
    """These did not."""
    await tx.execute(_FAILED, (at, list(ids)))


async def disable(tx: AsyncTx, endpoint: Endpoint, why: str) -> bool:
    """Unless it is, leads elsewhere now, or has taken something since. Returns whether it was done."""
    done = await tx.execute(_DISABLE, (why, endpoint.id, endpoint.url))
    return await done.fetchone() is not None


def _row(endpoint: Endpoint) -> tuple[Any, ...]:
    id, account, url, types, *rest = astuple(endpoint)
    return id, account, url, list(types), *rest


def _reader(row: Sequence[Any]) -> Reader:
    return Reader(_endpoint(row[:-2]), Position(int(row[-2]), row[-1]))


def _endpoint(row: Sequence[Any]) -> Endpoint:
    id, account, url, types, *rest = row
    return Endpoint(id, account, url, tuple(types), *rest)
