"""Keys that open the API. Of a secret only its hash is here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mesh import AsyncTx, Tx
from orders.keys import Key

_COLUMNS = "id, account, name, scopes, hash, created_at, expires_at, revoked_at"
_ADD = f"INSERT INTO keys ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
_FIND_ALL = f"SELECT {_COLUMNS} FROM keys WHERE id = ANY(%b::text[])"
_ALL = f"SELECT {_COLUMNS} FROM keys ORDER BY account, created_at"
_REVOKE = f"UPDATE keys SET revoked_at = coalesce(revoked_at, %s) WHERE id = %s RETURNING {_COLUMNS}"


def add(tx: Tx, key: Key) -> None:
    expires, revoked = key.expires_at, key.revoked_at
    row = (key.id, key.account, key.name, list(key.scopes), key.hash, key.created_at, expires, revoked)
    tx.execute(_ADD, row)


async def find_all(ids: Sequence[str], tx: AsyncTx) -> list[Key | None]:
    """The key of each id; None: there is none."""
    rows = await (await tx.execute(_FIND_ALL, (list(ids),))).fetchall()
    found = {key.id: key for key in map(_key, rows)}
    return list(map(found.get, ids))


def all(tx: Tx) -> list[Key]:
    """By account, the oldest first."""
    return [_key(row) for row in tx.execute(_ALL)]


def revoke(tx: Tx, id: str, at: datetime) -> Key | None:
    """None: there is no such key. One that is revoked already stays as it is."""
    row = tx.execute(_REVOKE, (at, id)).fetchone()
    return row and _key(row)


def _key(row: tuple[Any, ...]) -> Key:
    id, account, name, scopes, hash, created_at, expires_at, revoked_at = row
    return Key(id, account, name, frozenset(scopes), bytes(hash), created_at, expires_at, revoked_at)
