"""The table of orders, and the clients' own pairs beside it."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from psycopg.types.json import Jsonb

from mesh import AsyncTx, Tx, bulk
from orders.domain import TRANSITIONS, Action, Customer, Line, Order, Status

COLUMNS = """
    o.id, o.account, o.email, o.name, o.locale, o.country, o.currency, o.lines, o.metadata, o.status,
    o.version, o.refunded, o.expires_at, o.changed_at,
    (SELECT min(at) FROM timeline WHERE order_id = o.id AND what = 'receipt sent')
"""
_ADD = """
    WITH added AS (
        INSERT INTO orders
            (id, account, placed_at, expires_at, email, name, locale, country, currency, total, lines,
             metadata)
        SELECT * FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::text[],
                             %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::jsonb[],
                             %b::jsonb[])
        RETURNING id, account, metadata
    )
    INSERT INTO order_metadata (account, name, value, order_id)
    SELECT account, key, value, id FROM added, jsonb_each_text(metadata)
"""
_FIND = f"SELECT {COLUMNS} FROM orders o WHERE account = %s AND id = %s"
_LOCK = f"{_FIND} FOR UPDATE"
_FIND_ALL = f"""
    SELECT {COLUMNS} FROM unnest(%b::text[], %b::uuid[]) AS wanted (account, id)
    CROSS JOIN LATERAL (SELECT * FROM orders WHERE id = wanted.id LIMIT 1) AS o
    WHERE o.account = wanted.account
"""  # one by one: a plan that was made when there were few orders might join all of them
_EXPIRE = f"""
    UPDATE orders o SET status = %s, version = version + 1, changed_at = %s
    WHERE id = %s AND status = ANY(%s) RETURNING {COLUMNS}
"""
_CHANGE = "UPDATE orders SET status = %s, version = %s, refunded = %s, changed_at = %s WHERE id = %s"


@overload
def add(tx: Tx, *orders: Order) -> None: ...
@overload
def add(tx: AsyncTx, *orders: Order) -> Awaitable[Any]: ...
def add(tx: Tx | AsyncTx, *orders: Order) -> Any:
    return bulk.write(tx, _ADD, *map(_row, orders))


async def find(tx: AsyncTx, account: str, id: UUID) -> Order | None:
    """An order of that account."""
    row = await (await tx.execute(_FIND, (account, id))).fetchone()
    return row and order_of(row)


async def find_all(wanted: Sequence[tuple[str, UUID]], tx: AsyncTx) -> list[Order | None]:
    """The order of each account and id; None: that account has no such order."""
    rows = await (await tx.execute(_FIND_ALL, bulk.columns(wanted))).fetchall()
    found = {(order.account, order.id): order for order in map(order_of, rows)}
    return list(map(found.get, wanted))


async def lock(tx: AsyncTx, account: str, id: UUID) -> Order | None:
    """An order of that account, which nobody else changes before this transaction ends."""
    row = await (await tx.execute(_LOCK, (account, id))).fetchone()
    return row and order_of(row)


async def change(tx: AsyncTx, order: Order) -> None:
    """Keep its new state."""
    await tx.execute(_CHANGE, (order.status, order.version, order.refunded, order.changed_at, order.id))


def expire(tx: Tx, id: UUID, at: datetime) -> Order | None:
    """An order that has expired at this moment. None: it cannot, as it went on meanwhile."""
    may = [status for status, actions in TRANSITIONS.items() if Action.EXPIRE in actions]
    row = tx.execute(_EXPIRE, (Status.EXPIRED, at, id, may)).fetchone()
    return row and order_of(row)


def order_of(row: Sequence[Any]) -> Order:
    """The order in a row of COLUMNS."""
    id, account, email, name, locale, country, currency, lines, metadata, status, *rest = row
    customer, bought = Customer(email, name, locale, country), tuple(Line(**line) for line in lines)
    return Order(id, account, customer, currency, bought, metadata, Status(status), *rest)


def _row(order: Order) -> tuple[Any, ...]:
    return (
        order.id,
        order.account,
        order.placed_at,
        order.expires_at,
        order.customer.email,
        order.customer.name,
        order.customer.locale,
        order.customer.country,
        order.currency,
        order.total,
        _lines(order),
        Jsonb(order.metadata),
    )


def _lines(order: Order) -> Jsonb:
    return Jsonb(
        [
            {"sku": x.sku, "name": x.name, "quantity": x.quantity, "unit_price": x.unit_price}
            for x in order.lines
        ]
    )
