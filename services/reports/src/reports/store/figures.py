"""Figures: what the facts add up to, by hour, day, country, customer and product.

It is kept which facts the figures have. So to load them again adds nothing, and what was interrupted goes on.
All sums are of whole numbers: in whatever order they are added, they are the same.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from mesh import Tx
from reports.store import large
from reports.store.landing import IN_RANGES, Range, ranged

_MEASURES = ("orders", "items", "revenue", "cancelled", "cancelled_revenue", "refunds", "refunded_revenue")
_OF_DAYS = (*_MEASURES, "unconverted", "amount", "cancelled_amount", "refunded_amount")
_OF_HOURS = ("orders", "items", "revenue", "unconverted")
_OF_PRODUCTS = ("orders", "items", "revenue", "cancelled_items", "cancelled_revenue")
_SOLD = """
    SELECT date_trunc('hour', placed_at, 'UTC') AS hour, day, account, currency, country, customer,
        new AS orders, new * items AS items, new * coalesce(revenue, 0) AS revenue, new * total AS amount,
        new * (revenue IS NULL)::int AS unconverted,
        off AS cancelled, off * coalesce(revenue, 0) AS cancelled_revenue, off * total AS cancelled_amount,
        0 AS refunds, 0 AS refunded_revenue, 0 AS refunded_amount, revenue IS NOT NULL AS converted
    FROM sold
"""
"""What orders add, of which `new` and `off` say whether they count as placed, and as cancelled."""
_GIVEN_BACK = """
    SELECT date_trunc('hour', at, 'UTC'), day, account, currency, country, customer,
        0, 0, 0, 0, (revenue IS NULL)::int, 0, 0, 0, 1, coalesce(revenue, 0), amount, revenue IS NOT NULL
    FROM given_back
"""
_LINES = """
    SELECT day, account, sku, new AS orders, new * quantity AS items, new * line.revenue AS revenue,
        off * quantity AS cancelled_items, off * line.revenue AS cancelled_revenue
    FROM sold, unnest(skus, quantities, revenues) AS line (sku, quantity, revenue)
    WHERE line.revenue IS NOT NULL
"""
_CONVERTED = "(SELECT * FROM moves WHERE converted) AS moves"
"""What has no rate is counted by currency, and in nothing that has currencies together."""


def _added(table: str, keys: Sequence[str], measures: Sequence[str], moves: str) -> str:
    """Adds `moves` to the figures in a table. By key: who adds to many rows waits for nobody in a circle."""
    key = ", ".join(keys)
    sums = ", ".join(f"sum({m})" for m in measures)
    grown = ", ".join(f"{m} = {table}.{m} + excluded.{m}" for m in measures)
    return f"""
        INSERT INTO {table} ({key}, {", ".join(measures)})
        SELECT {key}, {sums} FROM {moves} GROUP BY {key} ORDER BY {key}
        ON CONFLICT ({key}) DO UPDATE SET {grown}
    """


_TABLES = (
    ("days", ("day", "account", "currency"), _OF_DAYS, "moves"),
    ("days_by_country", ("day", "account", "country"), _MEASURES, _CONVERTED),
    ("hours", ("hour", "account", "currency"), _OF_HOURS, "moves"),
    ("days_by_product", ("day", "account", "sku"), _OF_PRODUCTS, f"({_LINES}) AS lines"),
    ("days_by_customer", ("day", "account", "customer"), _MEASURES, _CONVERTED),
)
"""PostgreSQL runs such parts of a statement last to first: the few rows that everybody adds to come at the
end, and are locked for the shortest time."""
_INTO = ", ".join(f"into_{table[0]} AS ({_added(*table)})" for table in _TABLES)
_COUNT = f"moves AS MATERIALIZED ({_SOLD} UNION ALL {_GIVEN_BACK}), {_INTO}"
"""Counts what is in `sold` and `given_back`."""
_COUNTED = "cancelled, (xmax = 0) AS new"
"""What is known of who was marked: only a row that was there before has been locked by somebody."""
_LOAD = f"""
    WITH touched AS (
        SELECT DISTINCT order_id FROM {IN_RANGES}
        WHERE name IN ('orders.order_placed', 'orders.order_cancelled', 'orders.order_expired')
    ), marked AS (
        INSERT INTO counted (order_id, cancelled)
        SELECT order_id, cancelled_at IS NOT NULL FROM touched JOIN orders USING (order_id)
        WHERE placed_at IS NOT NULL ORDER BY order_id
        ON CONFLICT (order_id) DO UPDATE SET cancelled = true
            WHERE excluded.cancelled AND NOT counted.cancelled
        RETURNING order_id, {_COUNTED}
    ), sold AS MATERIALIZED (
        SELECT orders.*, new::int AS new, cancelled::int AS off FROM marked, LATERAL (
            SELECT * FROM orders WHERE order_id = marked.order_id OFFSET 0
        ) AS orders
    ), due_back AS MATERIALIZED (
        SELECT order_id, refunded FROM (
            SELECT DISTINCT order_id FROM {IN_RANGES} WHERE name = 'orders.order_refunded'
        ) AS touched, LATERAL (
            SELECT refunded FROM refunds WHERE order_id = touched.order_id AND NOT counted OFFSET 0
        ) AS refunds ORDER BY order_id, refunded
    ), given_back AS (
        UPDATE refunds SET counted = true FROM due_back
        WHERE refunds.order_id = due_back.order_id AND refunds.refunded = due_back.refunded
            AND NOT refunds.counted
        RETURNING refunds.*
    ), {_COUNT}
    SELECT order_id FROM sold WHERE new = 1
"""
_MARK = f"""
    WITH marked AS (
        INSERT INTO counted (order_id, cancelled)
        SELECT order_id, cancelled_at IS NOT NULL FROM orders WHERE day = %(day)s AND NOT EXISTS (
            SELECT FROM counted AS had
            WHERE had.order_id = orders.order_id AND had.cancelled = (cancelled_at IS NOT NULL)
        ) ORDER BY order_id
        ON CONFLICT (order_id) DO UPDATE SET cancelled = excluded.cancelled
        RETURNING order_id, {_COUNTED}
    ), marked_back AS (
        UPDATE refunds SET counted = true WHERE day = %(day)s AND NOT counted
    )
    SELECT order_id FROM marked WHERE new
"""
_CLEAR = """
    DELETE FROM hours WHERE hour >= %(day)s::date::timestamp AT TIME ZONE 'UTC'
        AND hour < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'
"""
_CLEAR_DAILY = [f"DELETE FROM {table} WHERE day = %(day)s" for table, *_ in _TABLES if table != "hours"]
_STRAYED = """
    SELECT figures <> ARRAY[sold.orders, sold.amount, sold.cancelled, back.refunds, back.amount]::numeric[]
    FROM (
        SELECT ARRAY[
            coalesce(sum(orders), 0), coalesce(sum(amount), 0), coalesce(sum(cancelled), 0),
            coalesce(sum(refunds), 0), coalesce(sum(refunded_amount), 0)
        ] AS figures FROM days WHERE day = %(day)s
    ) AS days, (
        SELECT count(*) AS orders, coalesce(sum(total), 0) AS amount,
            count(*) FILTER (WHERE counted.cancelled) AS cancelled
        FROM counted JOIN orders USING (order_id) WHERE day = %(day)s
    ) AS sold, (
        SELECT count(*) AS refunds, coalesce(sum(amount), 0) AS amount
        FROM refunds WHERE day = %(day)s AND counted
    ) AS back
"""
_COUNT_DAY = f"""
    WITH sold AS (
        SELECT *, 1 AS new, (cancelled_at IS NOT NULL)::int AS off FROM orders WHERE day = %(day)s
    ), given_back AS (SELECT * FROM refunds WHERE day = %(day)s), {_COUNT} SELECT
"""


def load(tx: Tx, ranges: Iterable[Range]) -> list[UUID]:
    """Have the figures count the facts of what landed there. Returns the orders that are new in them."""
    large.step(tx)
    return [row[0] for row in tx.execute(_LOAD, ranged(ranges))]


def recount(tx: Tx, day: date) -> list[UUID]:
    """Make the figures of a UTC day from its facts alone. Returns the orders that are new in them. For who
    is `large.alone`."""
    fresh = [row[0] for row in tx.execute(_MARK, {"day": day})]
    for statement in (_CLEAR, *_CLEAR_DAILY, _COUNT_DAY):
        tx.execute(statement, {"day": day})
    return fresh


def strayed(tx: Tx, day: date) -> bool:
    """Whether those of a UTC day are not what the facts add up to that they have counted."""
    row = tx.execute(_STRAYED, {"day": day}).fetchone()
    return bool(row and row[0])


def sums(tx: Tx, day: date) -> list[tuple[Any, ...]]:
    """What each account has of a UTC day in each currency, to be compared."""
    return tx.execute("SELECT * FROM days WHERE day = %s ORDER BY account, currency", (day,)).fetchall()
