"""Statements of all customers: who gets one, and which of them are written."""

from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from contracts.files import File
from contracts.reports import MakeReport
from mesh import Tx


class Statement(NamedTuple):
    """One of them, and what is known of its customer today: who was erased since has none."""

    number: int
    email: str
    name: str
    locale: str
    file: File | None
    """None: it is not written yet."""


_CHOOSE = """
    WITH active AS (
        SELECT customer FROM orders WHERE day BETWEEN %(first)s AND %(last)s AND placed_at IS NOT NULL
        UNION SELECT customer FROM refunds WHERE day BETWEEN %(first)s AND %(last)s
    ), people AS (
        SELECT DISTINCT ON (lower(email)) lower(email) AS address, customer
        FROM customers JOIN active USING (customer)
        WHERE %(account)s::text IS NULL OR account = %(account)s
        ORDER BY lower(email), seen_at DESC, customer
    )
    INSERT INTO statements (report_id, number, customer)
    SELECT %(id)s, row_number() OVER (ORDER BY address), customer FROM people
"""
"""Whoever has several keys, for several accounts or ways to write an address, gets one."""
_SOME = """
    SELECT number, email, name, locale, file FROM statements JOIN customers USING (customer)
    WHERE report_id = %s AND number BETWEEN %s AND %s ORDER BY number
"""
_WRITTEN = "UPDATE statements SET file = %s WHERE report_id = %s AND number = %s"


def choose(tx: Tx, wanted: MakeReport) -> None:
    """For a report that is asked for: everybody who ordered or got something back in its days."""
    days = {"first": wanted.first_day, "last": wanted.last_day}
    tx.execute(_CHOOSE, {"id": wanted.report_id, "account": wanted.account, **days})


def some(tx: Tx, report_id: UUID, first: int, last: int) -> list[Statement]:
    """Those with these numbers, both included."""
    rows = tx.execute(_SOME, (report_id, first, last)).fetchall()
    return [Statement(n, email, name, locale, file and File(**file)) for n, email, name, locale, file in rows]


def note_written(tx: Tx, report_id: UUID, number: int, file: File) -> None:
    """It lies in the file store."""
    tx.execute(_WRITTEN, (Jsonb(file.model_dump()), report_id, number))
