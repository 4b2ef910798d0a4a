"""What became of orders, line by line."""

from collections.abc import Awaitable
from typing import Any, overload
from uuid import UUID

from mesh import AsyncTx, Tx, bulk
from orders.domain import Entry

_NOTE = """
    INSERT INTO timeline (order_id, at, service, what)
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::text[], %b::text[])
"""
_OF = """
    SELECT id, placed_at, 'orders', 'order placed' FROM orders WHERE account = %(account)s AND id = %(id)s
    UNION ALL
    SELECT order_id, at, service, what FROM timeline
    WHERE order_id = (SELECT id FROM orders WHERE account = %(account)s AND id = %(id)s)
    ORDER BY 2
"""


async def of(tx: AsyncTx, account: str, id: UUID) -> list[Entry]:
    """What was done for an order, by time. Empty: the account has no such order."""
    rows = await (await tx.execute(_OF, {"account": account, "id": id})).fetchall()
    return [Entry(*row) for row in rows]


@overload
def add(tx: Tx, *entries: Entry) -> None: ...
@overload
def add(tx: AsyncTx, *entries: Entry) -> Awaitable[Any]: ...
def add(tx: Tx | AsyncTx, *entries: Entry) -> Any:
    """Add what was done."""
    return bulk.write(tx, _NOTE, *map(_row, entries))


def _row(entry: Entry) -> tuple[object, ...]:
    return entry.order_id, entry.at, entry.service, entry.what
