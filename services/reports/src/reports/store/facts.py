"""Facts: what the messages that landed say of orders, their lines, refunds, customers and products.

Each statement merges. Whatever comes first, twice, or long after the rest leads to the same rows: of what
happened to an order the earliest time holds, of a name the latest, and what was ordered never changes.
"""

from collections.abc import Iterable
from datetime import date

from mesh import Tx
from reports.store import large
from reports.store.landing import IN_RANGES, ON_THE_DAY, Range, ranged
from reports.store.rates import CONVERTED, CONVERTING

_COLUMNS = (
    "account", "placed_at", "day", "customer", "country", "currency", "items", "total", "revenue",
    "skus", "quantities", "revenues",
)  # fmt: skip
_OF_ORDERS = ", ".join(_COLUMNS)
_STORED = ", ".join(f"orders.{column}" for column in _COLUMNS)
_READ = ", ".join(f"excluded.{column}" for column in _COLUMNS)
_TIMES = ("paid_at", "shipped_at", "delivered_at", "cancelled_at")
_OF_CHANGES = ", ".join(_TIMES)
_EARLIEST = """
    min(landed.at) FILTER (WHERE name = 'orders.order_paid') AS paid_at,
    min(landed.at) FILTER (WHERE name = 'orders.order_shipped') AS shipped_at,
    min(landed.at) FILTER (WHERE name = 'orders.order_delivered') AS delivered_at,
    min(landed.at) FILTER (WHERE name IN ('orders.order_cancelled', 'orders.order_expired')) AS cancelled_at
"""
CUSTOMER = "md5(account || E'\\n' || lower(email))::uuid"
"""One for each address at each account: figures do without the address itself."""
_DAY = "({} AT TIME ZONE 'UTC')::date"
_ORDERS = f"""
    WITH placed AS MATERIALIZED (
        SELECT DISTINCT ON (order_id) order_id, landed.at AS placed_at, placed.*, bought.*
        FROM {{source}}, LATERAL (
            SELECT *, {_DAY.format("landed.at")} AS day, {CUSTOMER} AS customer
            FROM jsonb_to_record(said) AS said (account text COLLATE "C", email text, name text, locale text,
                country text COLLATE "C", currency text COLLATE "C", total numeric, lines jsonb)
            OFFSET 0
        ) AS placed {CONVERTING}, LATERAL (
            SELECT coalesce(sum(quantity), 0) AS items, array_agg(sku) AS skus, array_agg(line.name) AS names,
                array_agg(quantity) AS quantities,
                array_agg({CONVERTED.format("quantity * unit_price")}) AS revenues,
                {CONVERTED.format("total")} AS revenue
            FROM jsonb_to_recordset(lines) AS line
                (sku text COLLATE "C", name text COLLATE "C", quantity numeric, unit_price numeric)
        ) AS bought
        WHERE landed.name = 'orders.order_placed' ORDER BY order_id, id
    ), into_products AS (
        INSERT INTO products (account, sku, name, seen_at)
        SELECT DISTINCT ON (account, sku) account, sku, bought.name, max(placed_at) AS seen_at
        FROM placed, unnest(skus, names) AS bought (sku, name)
        GROUP BY account, sku, bought.name ORDER BY account, sku, seen_at DESC, bought.name DESC
        ON CONFLICT (account, sku) DO UPDATE SET (name, seen_at) = (excluded.name, excluded.seen_at)
        WHERE (excluded.seen_at, excluded.name) > (products.seen_at, products.name)
    ), into_customers AS (
        INSERT INTO customers (account, customer, email, name, locale, seen_at)
        SELECT DISTINCT ON (customer) account, customer, email, name, locale, placed_at
        FROM placed ORDER BY customer, placed_at DESC, email DESC, name DESC, locale DESC
        ON CONFLICT (customer) DO UPDATE SET (email, name, locale, seen_at) =
            (excluded.email, excluded.name, excluded.locale, excluded.seen_at)
        WHERE (excluded.seen_at, excluded.email, excluded.name, excluded.locale)
            > (customers.seen_at, customers.email, customers.name, customers.locale)
    )
    INSERT INTO orders (order_id, {_OF_ORDERS}{{and_times}})
    SELECT order_id, {_OF_ORDERS}{{and_times}} FROM placed {{and_changed}} ORDER BY order_id
    ON CONFLICT (order_id) DO UPDATE SET {{merged}}
"""
_CHANGED = f"""
    FULL JOIN (
        SELECT order_id, {_EARLIEST} FROM {IN_RANGES}
        WHERE name NOT IN ('orders.order_placed', 'orders.order_refunded') GROUP BY order_id
    ) AS changed USING (order_id)
"""
_FIRST = ", ".join(
    f"{each} = CASE WHEN orders.placed_at IS NULL THEN excluded.{each} ELSE orders.{each} END"
    for each in _COLUMNS
)
_LEAST = ", ".join(f"{time} = least(orders.{time}, excluded.{time})" for time in _TIMES)
_NEWS = f"""
    (orders.placed_at IS NULL AND excluded.placed_at IS NOT NULL)
    OR coalesce({", ".join(f"excluded.{time}" for time in _TIMES)}) IS NOT NULL
"""
_REFUNDS = f"""
    WITH given_back AS MATERIALIZED (
        SELECT DISTINCT ON (order_id, refunded) order_id, refunded, account, landed.at,
            {_DAY.format("landed.at")} AS day, {CUSTOMER} AS customer, country, currency, amount, reason
        FROM {{source}}, jsonb_to_record(said) AS said (account text, email text, country text,
            currency text, amount numeric, refunded numeric, reason text)
        WHERE name = 'orders.order_refunded' ORDER BY order_id, refunded, id
    )
    INSERT INTO refunds
        (order_id, refunded, account, at, day, customer, country, currency, amount, revenue, reason)
    SELECT order_id, refunded, account, at, day, customer, country, currency, amount,
        {CONVERTED.format("amount")}, reason
    FROM given_back {CONVERTING} ORDER BY order_id, refunded
    ON CONFLICT (order_id, refunded) DO {{when_known}}
"""
_MERGE = (
    _ORDERS.format(
        source=IN_RANGES,
        and_times=f", {_OF_CHANGES}",
        and_changed=_CHANGED,
        merged=f"{_FIRST}, {_LEAST} WHERE {_NEWS}",
    ),
    _REFUNDS.format(source=IN_RANGES, when_known="NOTHING"),
)
"""Orders are written first, by their ids, all of them in one pass; then the rest, each table by its key.
Of those who wait for each other's rows, nobody waits in a circle. Loading writes to refunds alone."""

_OF_THE_DAY = f"(SELECT * FROM landed WHERE {ON_THE_DAY} OFFSET 0) AS landed"
_CHANGES_ANEW = f"""
    UPDATE orders SET ({_OF_CHANGES}) = (said.paid_at, said.shipped_at, said.delivered_at, said.cancelled_at)
    FROM (
        SELECT order_id, {_EARLIEST} FROM orders JOIN landed USING (order_id)
        WHERE orders.day = %(day)s GROUP BY order_id
    ) AS said
    WHERE orders.order_id = said.order_id
        AND (orders.paid_at, orders.shipped_at, orders.delivered_at, orders.cancelled_at)
            IS DISTINCT FROM (said.paid_at, said.shipped_at, said.delivered_at, said.cancelled_at)
"""
_ANEW = (
    _ORDERS.format(
        source=_OF_THE_DAY,
        and_times="",
        and_changed="",
        merged=f"({_OF_ORDERS}) = ({_READ}) WHERE ({_STORED}) IS DISTINCT FROM ({_READ})",
    ),
    _CHANGES_ANEW,
    _REFUNDS.format(
        source=_OF_THE_DAY,
        when_known="UPDATE SET revenue = excluded.revenue"
        " WHERE refunds.revenue IS DISTINCT FROM excluded.revenue",
    ),
)


def transform(tx: Tx, ranges: Iterable[Range], reporting: str) -> None:
    """Merge what landed there into the facts; amounts are converted into the `reporting` currency."""
    large.step(tx)
    where = {**ranged(ranges), "reporting": reporting}
    for statement in _MERGE:
        tx.execute(statement, where)


def anew(tx: Tx, day: date, reporting: str) -> None:
    """Make the facts of a UTC day from what landed, as if for the first time; what is right already is not
    written. For who is `large.alone`."""
    for statement in _ANEW:
        tx.execute(statement, {"day": day, "reporting": reporting})
