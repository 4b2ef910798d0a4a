"""The SQL of orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from mesh import AsyncTx, Tx
from orders.domain import Customer, Entry, Line, Order

_ADD = """
    INSERT INTO orders (id, placed_at, email, name, locale, currency, total, lines)
    SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[],
                         %s::bigint[], %s::jsonb[])
"""
_FIND = """
    SELECT id, placed_at, email, name, locale, currency, lines,
           (SELECT min(at) FROM timeline WHERE order_id = id AND what = 'receipt sent')
    FROM orders WHERE id = %s
"""
_NOTE = """
    INSERT INTO timeline (order_id, at, service, what)
    SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[])
"""
_TIMELINE = """
    SELECT id, placed_at, 'orders', 'order placed' FROM orders WHERE id = %(id)s
    UNION ALL
    SELECT order_id, at, service, what FROM timeline WHERE order_id = %(id)s
    ORDER BY 2
"""


async def add(tx: AsyncTx, orders: Sequence[Order]) -> None:
    rows = (
        (
            o.id,
            o.placed_at,
            o.customer.email,
            o.customer.name,
            o.customer.locale,
            o.currency,
            o.total,
            _lines(o),
        )
        for o in orders
    )
    await tx.execute(_ADD, tuple(map(list, zip(*rows, strict=True))))


async def find(tx: AsyncTx, id: UUID) -> tuple[Order, datetime | None] | None:
    """An order, and when its receipt was sent."""
    row = await (await tx.execute(_FIND, (id,))).fetchone()
    return row and (_order(row), row[-1])


async def timeline(tx: AsyncTx, id: UUID) -> list[Entry]:
    """What was done for an order, by time. Empty: there is no such order."""
    rows = await (await tx.execute(_TIMELINE, {"id": id})).fetchall()
    return [Entry(*row) for row in rows]


def note(tx: Tx, entries: Sequence[Entry]) -> None:
    """Add to the timelines of orders."""
    columns = zip(*((e.order_id, e.at, e.service, e.what) for e in entries), strict=True)
    tx.execute(_NOTE, tuple(map(list, columns)))


def _lines(order: Order) -> Jsonb:
    return Jsonb(
        [
            {"sku": x.sku, "name": x.name, "quantity": x.quantity, "unit_price": x.unit_price}
            for x in order.lines
        ]
    )


def _order(row: tuple[Any, ...]) -> Order:
    id, placed_at, email, name, locale, currency, lines, _ = row
    return Order(id, placed_at, Customer(email, name, locale), currency, tuple(Line(**x) for x in lines))
