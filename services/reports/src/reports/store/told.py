"""What reports tell: figures of some UTC days, of one account or (None) of all."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from mesh import Tx
from reports.documents.kinds import (
    BestProduct,
    Country,
    Customer,
    Day,
    Entry,
    Hour,
    Money,
    Product,
    Reason,
    Refund,
    RefundDay,
    Totals,
    Unconverted,
)
from reports.domain import Figures


class Of(NamedTuple):
    """Whose figures, and of which days: both are included."""

    account: str | None
    first: date
    last: date

    @property
    def before(self) -> "Of":
        """As many days before the first."""
        length = self.last - self.first + timedelta(days=1)
        return Of(self.account, self.first - length, self.last - length)


_OURS = "(%(account)s::text IS NULL OR account = %(account)s)"
_IN_TIME = f"{_OURS} AND day BETWEEN %(first)s AND %(last)s"
_TOTALS = """
    sum(orders)::bigint, sum(items), sum(revenue), sum(cancelled)::bigint, sum(cancelled_revenue),
    sum(refunds)::bigint, sum(refunded_revenue)
"""
_BY_CURRENCY = f"""
    SELECT day, currency, sum(orders)::bigint, sum(items), sum(amount) FROM days
    WHERE {_IN_TIME} GROUP BY day, currency HAVING sum(orders) > 0 ORDER BY day, currency
"""
_DAYS = f"""
    SELECT day, {_TOTALS} FROM days WHERE {_IN_TIME} AND unconverted = 0 GROUP BY day ORDER BY day
"""
_SUM = f"SELECT {_TOTALS} FROM days WHERE {_IN_TIME} AND unconverted = 0 HAVING count(*) > 0"
_HOURS = f"""
    SELECT (hour AT TIME ZONE 'UTC')::date, extract(hour FROM hour AT TIME ZONE 'UTC')::int,
        sum(orders)::bigint, sum(revenue)
    FROM hours
    WHERE {_OURS} AND unconverted = 0 AND hour >= %(first)s::date::timestamp AT TIME ZONE 'UTC'
        AND hour < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY hour HAVING sum(orders) > 0 ORDER BY hour
"""
_UNCONVERTED = f"""
    SELECT currency, sum(orders)::bigint, sum(amount) FROM days WHERE {_IN_TIME} AND unconverted > 0
    GROUP BY currency HAVING sum(orders) > 0 ORDER BY currency
"""
_REFUNDS_UNCONVERTED = f"""
    SELECT currency, count(*), sum(amount) FROM refunds WHERE {_IN_TIME} AND revenue IS NULL
    GROUP BY currency ORDER BY currency
"""
_SOLD = f"""
    SELECT sku, sum(orders)::bigint AS orders, sum(items - cancelled_items) AS items,
        sum(revenue - cancelled_revenue) AS revenue
    FROM days_by_product WHERE {_IN_TIME} GROUP BY sku
"""
_NAMED = f"""
    (SELECT name FROM products WHERE sku = sold.sku AND {_OURS} ORDER BY seen_at DESC, account LIMIT 1)
"""
_BEST = f"""
    WITH sold AS ({_SOLD} ORDER BY revenue DESC, sku LIMIT %(limit)s)
    SELECT sku, {_NAMED}, items, revenue FROM sold ORDER BY revenue DESC, sku
"""
_PRODUCTS = f"""
    WITH moved AS (
        SELECT sku, (day - %(first)s::date) / %(step)s AS part, day >= %(first)s AS now,
            sum(orders)::bigint AS orders, sum(items - cancelled_items) AS items,
            sum(revenue - cancelled_revenue) AS revenue
        FROM days_by_product WHERE {_OURS} AND day BETWEEN %(first_before)s AND %(last)s GROUP BY 1, 2, 3
    ), sold AS (
        SELECT sku, sum(orders) FILTER (WHERE now)::bigint AS orders,
            sum(items) FILTER (WHERE now) AS items, sum(revenue) FILTER (WHERE now) AS revenue,
            coalesce(sum(items) FILTER (WHERE NOT now), 0) AS items_before,
            coalesce(sum(revenue) FILTER (WHERE NOT now), 0) AS revenue_before,
            jsonb_object_agg(part, revenue) FILTER (WHERE now) AS trend
        FROM moved GROUP BY sku HAVING bool_or(now)
    ), named AS MATERIALIZED (
        SELECT DISTINCT ON (sku) sku, name FROM products
        WHERE {_OURS} ORDER BY sku, seen_at DESC, account
    )
    SELECT sku, name, orders, items, revenue, items_before, revenue_before, trend
    FROM sold LEFT JOIN named USING (sku) ORDER BY revenue DESC, sku
"""
"""In one pass: joins of what was grouped apart are nested loops for who thinks that there are a few rows."""
_COUNTRIES = f"""
    SELECT country, sum(orders)::bigint, sum(revenue) AS revenue FROM days_by_country WHERE {_IN_TIME}
    GROUP BY country HAVING sum(orders) > 0 ORDER BY revenue DESC, country
"""
_REFUNDED = f"FROM refunds WHERE {_IN_TIME} AND revenue IS NOT NULL"
_REFUND_DAYS = f"SELECT day, count(*), sum(revenue) {_REFUNDED} GROUP BY day ORDER BY day"
_REASONS = f"""
    SELECT btrim(regexp_replace(coalesce(reason, ''), '\\s+', ' ', 'g')) AS said,
        count(*), sum(revenue) AS revenue
    {_REFUNDED} GROUP BY said ORDER BY revenue DESC, said LIMIT %(limit)s
"""
_WAITED = f"""
    SELECT percentile_disc(0.5) WITHIN GROUP (
        ORDER BY greatest(0, floor(extract(epoch FROM at - placed_at) / 86400))::int
    )
    FROM (SELECT at, order_id {_REFUNDED}) AS refunds JOIN orders USING (order_id)
"""
_BY_TIME = "at, order_id"
_BY_SIZE = f"refunds.revenue DESC, {_BY_TIME}"
_REFUNDS = f"""
    SELECT at, coalesce(placed_at, at), order_id, coalesce(name, ''), coalesce(reason, ''),
        refunds.revenue, amount, refunds.currency
    FROM (SELECT * {_REFUNDED} ORDER BY {{by}} LIMIT %(limit)s) AS refunds LEFT JOIN orders USING (order_id)
        LEFT JOIN customers ON customers.customer = refunds.customer
    ORDER BY {{by}}
"""
_CUSTOMER = f"""
    SELECT array_agg(customer), (array_agg(name ORDER BY seen_at DESC))[1],
        (array_agg(email ORDER BY seen_at DESC))[1]
    FROM customers WHERE lower(email) = lower(%(email)s) AND {_OURS} HAVING count(*) > 0
"""
_ENTRIES = """
    SELECT currency, at, what, order_id, charged, paid FROM (
        SELECT currency, placed_at AS at, 'order' AS what, order_id, total AS charged, 0 AS paid
        FROM orders WHERE customer = ANY(%(ids)s) AND placed_at IS NOT NULL
        UNION ALL SELECT currency, paid_at, 'payment', order_id, 0, total
        FROM orders WHERE customer = ANY(%(ids)s) AND placed_at IS NOT NULL AND paid_at IS NOT NULL
        UNION ALL SELECT currency, cancelled_at, 'cancellation', order_id, -total, 0
        FROM orders WHERE customer = ANY(%(ids)s) AND placed_at IS NOT NULL AND cancelled_at IS NOT NULL
        UNION ALL SELECT currency, at, 'refund', order_id, -amount, -amount
        FROM refunds WHERE customer = ANY(%(ids)s)
    ) AS entries
    WHERE at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'
    ORDER BY at, order_id, array_position(ARRAY['order', 'payment', 'cancellation', 'refund'], what)
"""


def by_currency(tx: Tx, of: Of) -> list[Figures]:
    return [Figures(d, c, n, int(i), int(a)) for d, c, n, i, a in tx.execute(_BY_CURRENCY, of._asdict())]


def days(tx: Tx, of: Of) -> list[Day]:
    return [Day(day, _totals(rest)) for day, *rest in tx.execute(_DAYS, of._asdict())]


def total(tx: Tx, of: Of) -> Totals | None:
    """None: nothing is known of these days."""
    row = tx.execute(_SUM, of._asdict()).fetchone()
    return _totals(row) if row else None


def hours(tx: Tx, of: Of) -> list[Hour]:
    return [Hour(d, h, n, int(r)) for d, h, n, r in tx.execute(_HOURS, of._asdict())]


def unconverted(tx: Tx, of: Of) -> list[Unconverted]:
    return [Unconverted(c, n, int(a)) for c, n, a in tx.execute(_UNCONVERTED, of._asdict())]


def unconverted_refunds(tx: Tx, of: Of) -> list[Unconverted]:
    return [Unconverted(c, n, int(a)) for c, n, a in tx.execute(_REFUNDS_UNCONVERTED, of._asdict())]


def best_products(tx: Tx, of: Of, limit: int) -> list[BestProduct]:
    found = tx.execute(_BEST, {**of._asdict(), "limit": limit})
    return [BestProduct(sku, name or "", int(i), int(r)) for sku, name, i, r in found]


def products(tx: Tx, of: Of, step: int) -> list[Product]:
    """All of them; their trends in parts of `step` days."""
    parts = range(((of.last - of.first).days // step) + 1)
    where = {**of._asdict(), "first_before": of.before.first, "step": step}
    return [
        Product(s, name or "", n, int(i), int(r), int(bi), int(br), _trend(trend, parts))
        for s, name, n, i, r, bi, br, trend in tx.execute(_PRODUCTS, where)
    ]


def countries(tx: Tx, of: Of) -> list[Country]:
    return [Country(code, n, int(r)) for code, n, r in tx.execute(_COUNTRIES, of._asdict())]


def refund_days(tx: Tx, of: Of) -> list[RefundDay]:
    return [RefundDay(day, n, int(r)) for day, n, r in tx.execute(_REFUND_DAYS, of._asdict())]


def reasons(tx: Tx, of: Of, limit: int) -> list[Reason]:
    """Why most was paid back."""
    found = tx.execute(_REASONS, {**of._asdict(), "limit": limit})
    return [Reason(said, n, int(r)) for said, n, r in found]


def waited(tx: Tx, of: Of) -> int | None:
    """Whole days from an order to its refund: the median. None: nothing was paid back."""
    row = tx.execute(_WAITED, of._asdict()).fetchone()
    return row[0] if row else None


def refunds(tx: Tx, of: Of) -> list[Refund]:
    """All, one after the other."""
    return _refunds(tx, of, _BY_TIME, None)


def largest_refunds(tx: Tx, of: Of, limit: int) -> list[Refund]:
    return _refunds(tx, of, _BY_SIZE, limit)


def customer(tx: Tx, account: str | None, email: str) -> tuple[list[UUID], Customer] | None:
    """Whoever has that address at that account (None: at any), and by which keys; None: nobody ordered."""
    row = tx.execute(_CUSTOMER, {"account": account, "email": email}).fetchone()
    return (row[0], Customer(row[2], row[1], row[2])) if row else None


def entries(tx: Tx, ids: Sequence[UUID], last: date) -> list[tuple[str, Entry]]:
    """All that was ever charged and paid, until that day; each with its currency."""
    found = tx.execute(_ENTRIES, {"ids": list(ids), "last": last})
    return [(c, Entry(at, what, str(id), int(owed), int(paid))) for c, at, what, id, owed, paid in found]


def _refunds(tx: Tx, of: Of, by: str, limit: int | None) -> list[Refund]:
    found = tx.execute(_REFUNDS.format(by=by), {**of._asdict(), "limit": limit})
    return [
        Refund(at, ordered, str(id), who, why, int(revenue), Money(int(amount), currency))
        for at, ordered, id, who, why, revenue, amount, currency in found
    ]


def _totals(row: Sequence[Any]) -> Totals:
    return Totals(*map(int, row))


def _trend(found: Mapping[str, Any], parts: Sequence[int]) -> list[int]:
    return [int(found.get(str(part), 0)) for part in parts]
