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
        SELECT FROM landed WHERE id = orders.order_id  -- an order of elsewhere: see usecases/importing.py
    ) AND placed_at <= %(before)s
"""
_REFUNDED = """
    SELECT order_id, max(refunded), sum(amount) FROM refunds
    WHERE order_id = ANY(%b::uuid[]) GROUP BY order_id
"""
_FORGET = "DELETE FROM reconciled WHERE day = %s AND account = ANY(%s) AND NOT landed"
_NOTE = """
    INSERT INTO reconciled (day, account, order_id, what, landed)
    SELECT * FROM unnest(%b::date[], %b::text[], %b::uuid[], %b::text[], %b::boolean[])
    ON CONFLICT (day, order_id, what) DO UPDATE SET (landed, found_at) = (excluded.landed, now())
"""
_LIST = """
    SELECT day, account, order_id, what, landed, found_at FROM reconciled
    WHERE day BETWEEN %s AND %s ORDER BY day, found_at, order_id, what
"""


def ours(tx: Tx, day: date, accounts: Sequence[str], before: datetime) -> dict[UUID, Ours]:
    """The orders of a UTC day that these accounts placed before that time with orders, and not elsewhere."""
    found = tx.execute(_OURS, {"day": day, "accounts": list(accounts), "before": before})
    return {id: Ours(a, c, int(total), *rest) for id, a, c, total, *rest in found}


class Back(NamedTuple):
    """What was given back of an order."""

    said: int = 0
    """In all, as the latest refund that is known says."""
    known: int = 0
    """By all refunds that are known."""


def refunded(tx: Tx, orders: Sequence[UUID]) -> dict[UUID, Back]:
    """Of those of these of which any refund is known, also where nothing else of an order is."""
    found = tx.execute(_REFUNDED, (list(orders),))
    return {id: Back(int(said), int(known)) for id, said, known in found}


def note(tx: Tx, day: date, accounts: Sequence[str], differences: Sequence[Difference]) -> None:
    """Keep what differs on a day, for those accounts: what was found before and is mended is forgotten, but
    for what landed."""
    tx.execute(_FORGET, (day, list(accounts)))
    if differences:
        tx.execute(_NOTE, columns(differences))


def listed(tx: Tx, first: date, last: date) -> list[tuple[Difference, datetime]]:
    """What differed on these days, and when that was found last."""
    return [(Difference(*row[:-1]), row[-1]) for row in tx.execute(_LIST, (first, last))]
