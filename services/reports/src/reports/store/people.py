"""What these tables have of a person, and how it is forgotten: figures stay, of nobody in particular."""

from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mesh import Tx
from reports.store import large
from reports.store.facts import CUSTOMER

_NAME = "(erased)"
_FIND = "SELECT customer FROM customers WHERE lower(email) = lower(%s) ORDER BY customer"
_KNOWN = {
    "customers": "SELECT * FROM customers WHERE lower(email) = lower(%(email)s) ORDER BY account",
    "orders": """
        SELECT orders.* FROM orders JOIN customers USING (customer)
        WHERE lower(email) = lower(%(email)s) ORDER BY placed_at, order_id
    """,
    "refunds": """
        SELECT refunds.* FROM refunds JOIN customers USING (customer)
        WHERE lower(email) = lower(%(email)s) ORDER BY at, order_id
    """,
    "statements": """
        SELECT report_id, number, file FROM statements JOIN customers USING (customer)
        WHERE lower(email) = lower(%(email)s) ORDER BY report_id
    """,
    "reports": "SELECT report_id, asked_at, wanted FROM asked_reports WHERE {} ORDER BY asked_at",
    "schedules": "SELECT id, said FROM schedules WHERE {} ORDER BY id",
}
_NAMES = "position(lower(to_json(%(email)s::text)::text) IN lower({}::text)) > 0"
_OF_THEM = """
    order_id IN (SELECT order_id FROM orders WHERE customer = %(customer)s
        UNION SELECT order_id FROM refunds WHERE customer = %(customer)s)
"""
_RENAME_LANDED = f"""
    UPDATE landed SET
        said = CASE WHEN said ? 'email' THEN said || %(alias)s ELSE said END,
        envelope = CASE WHEN envelope #> '{{data,customer}}' IS NULL THEN envelope ELSE jsonb_set(
            envelope::jsonb, '{{data,customer}}', (envelope::jsonb #> '{{data,customer}}') || %(alias)s
        )::json END
    WHERE {_OF_THEM}
"""
_RENAME = f"""
    UPDATE customers SET email = %(email)s, name = %(name)s,
        customer = (SELECT {CUSTOMER} FROM (VALUES (account, %(email)s::text)) AS alias (account, email))
    WHERE customer = %(customer)s RETURNING customer
"""
_MOVE = [
    f"UPDATE {table} SET customer = %(now)s WHERE customer = %(customer)s"
    for table in ("orders", "refunds", "days_by_customer", "statements")
]
_FORGET = f"DELETE FROM asked_reports WHERE {_NAMES.format('wanted')}"


def known(tx: Tx, email: str) -> dict[str, list[dict[str, Any]]]:
    """All of it, by table."""
    asked, said = _NAMES.format("wanted"), _NAMES.format("said")
    where = {"reports": asked, "schedules": said}
    with tx.cursor(row_factory=dict_row) as cursor:
        return {
            name: cursor.execute(sql.format(where.get(name)), {"email": email}).fetchall()
            for name, sql in _KNOWN.items()
        }


def schedules(tx: Tx, email: str) -> list[UUID]:
    """That have something made of them, or sent to them."""
    found = tx.execute(
        f"SELECT id FROM schedules WHERE {_NAMES.format('said')} ORDER BY id", {"email": email}
    )
    return [row[0] for row in found]


def erase(tx: Tx, email: str) -> int:
    """Have somebody else, of whom nothing is known, be who ordered. Figures stay the same, also made again.
    Returns of how many accounts they were a customer.

    What lands meanwhile is of who they were: it waits, or is to be erased again.
    """
    large.alone(tx)
    people = tx.execute(_FIND, (email,)).fetchall()
    for (customer,) in people:
        _rename(tx, customer)
    tx.execute(_FORGET, {"email": email})
    return len(people)


def _rename(tx: Tx, customer: UUID) -> None:
    alias = {"email": f"{uuid4().hex}@erased.invalid", "name": _NAME}
    tx.execute(_RENAME_LANDED, {"customer": customer, "alias": Jsonb(alias)})
    row = tx.execute(_RENAME, {**alias, "customer": customer}).fetchone()
    assert row, "nobody else renames: who does is alone"
    for statement in _MOVE:
        tx.execute(statement, {"customer": customer, "now": row[0]})
