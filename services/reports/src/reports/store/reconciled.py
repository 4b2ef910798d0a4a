"""What facts say of orders, to be compared, and what was found to differ."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from mesh import Tx
from mesh.bulk import columns


class Ours(NamedTuple):
    """An order, as facts have it."""

    account: str
    currency: str
    total: int
    paid: bool
    shipped: bool
    delivered: bool
    cancelled: bool
    """Or expired."""


class Difference(NamedTuple):
    """Between an order there and here."""

    day: date
    account: str
    order_id: UUID
    what: str
    landed: bool
    """Whether what was missing has landed; what was not has to be looked at."""


_OURS = """
    SELECT order_id, account, currency, total, paid_at IS NOT NULL,
        shipped_at IS NOT NULL, delivered_at IS NOT NULL, cancelled_at IS NOT NULL
    FROM orders WHERE day = %(day)s AND account = ANY(%(accounts)s) AND NOT EXISTS (
        SELECT FROM landed WHERE landed.order_id = orders.order_id
            AND envelope->'producer'->>'service' = 'csv'
    )
"""
_REFUNDED = "SELECT order_id, max(refunded) FROM refunds WHERE order_id = ANY(%b::uuid[]) GROUP BY order_id"
_NOTE = """
    INSERT INTO reconciled (day, account, order_id, what, landed)
    SELECT * FROM unnest(%b::date[], %b::text[], %b::uuid[], %b::text[], %b::boolean[])
    ON CONFLICT (day, order_id, what) DO UPDATE SET (landed, found_at) = (excluded.landed, now())
"""
_LIST = """
    SELECT day, account, order_id, what, landed, found_at FROM reconciled
    WHERE day BETWEEN %s AND %s ORDER BY day, found_at, order_id, what
"""


def ours(tx: Tx, day: date, accounts: Sequence[str]) -> dict[UUID, Ours]:
    """The orders of a UTC day that these accounts placed with orders, and not elsewhere."""
    found = tx.execute(_OURS, {"day": day, "accounts": list(accounts)})
    return {id: Ours(a, c, int(total), *rest) for id, a, c, total, *rest in found}


def refunded(tx: Tx, orders: Sequence[UUID]) -> dict[UUID, int]:
    """What was given back of these in all, as far as it is known; also where nothing else of an order is."""
    return {id: int(back) for id, back in tx.execute(_REFUNDED, (list(orders),))}


def note(tx: Tx, differences: Sequence[Difference]) -> None:
    """Keep what differed; the same again is kept once."""
    if differences:
        tx.execute(_NOTE, columns(differences))


def listed(tx: Tx, first: date, last: date) -> list[tuple[Difference, datetime]]:
    """What differed on these days, and when that was found last."""
    return [(Difference(*row[:-1]), row[-1]) for row in tx.execute(_LIST, (first, last))]
