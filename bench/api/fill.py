"""Orders that are there beforehand, written by SQL: ten million take minutes, not a day of POSTs.

They come in the order of their ids, which begin with their time, over two years. Half of them are the
measured account's. A customer has a hundred; four fifths are delivered; every fourth has pairs of metadata.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from psycopg.types.json import Jsonb

from bench.orders import NAMES, document
from embedded.apikey import ACCOUNT

Tx = psycopg.Connection[tuple[object, ...]]

STEP = 500_000
"""Orders in one statement."""
BYTES, LOG = 1000, 4 * 2**30
"""Of an order in all tables with their indexes, measured with a million; of PostgreSQL's log beside them."""
PERIOD = 20
"""The documents of `bench.orders` repeat after so many, but for their customers."""
EACH = 100
"""Orders of a customer."""
DELIVERED = ("delivered",) * 80
STATUSES = DELIVERED + ("shipped", "paid", "cancelled", "expired", "refunded") * 3 + ("placed",) * 5

_SPAN = 2 * 365 * 86_400_000
_END = 1_767_225_600_000  # 2026-01-01, in milliseconds
_AT = f"({_END - _SPAN} + n * {_SPAN} / %(orders)s)"
_TAIL = "'7' || lpad(to_hex(n %% 4096), 3, '0') || '8' || left(md5(n::text), 15)"
_ID = f"(lpad(to_hex({_AT}), 12, '0') || {_TAIL})::uuid"
_DIE = "(hashint8extended(n, {throw}) & 2147483647)"  # chance, the same every time
_ACCOUNT = f"CASE {_DIE.format(throw=1)} %% 2 WHEN 1 THEN '{ACCOUNT}' ELSE 'other-' || n %% 50 END"
_EMAIL = f"'customer-' || {_DIE.format(throw=2)} %% greatest(%(orders)s / {EACH}, 1) || '@example.com'"
_SOURCE = "(ARRAY['web', 'app', 'shop'])[1 + n / 4 %% 3]"
_PAIRS = f"LATERAL (VALUES ('source', {_SOURCE}), ('cart', 'cart-' || n)) AS pair (name, value)"
_RANGE = "generate_series(%(first)s::bigint, %(last)s::bigint) AS n"

ORDERS = f"""
    INSERT INTO orders
        (id, account, placed_at, expires_at, email, name, locale, currency, total, lines, metadata, status,
         version, refunded)
    SELECT {_ID}, {_ACCOUNT}, to_timestamp({_AT} / 1000.0), to_timestamp({_AT} / 1000.0 + 1800), {_EMAIL},
        (%(names)s::text[])[1 + n %% {len(NAMES)}], 'en', 'EUR', (%(totals)s::bigint[])[1 + n %% {PERIOD}],
        (%(lines)s::jsonb[])[1 + n %% {PERIOD}],
        CASE n %% 4 WHEN 0 THEN (SELECT jsonb_object_agg(name, value) FROM {_PAIRS}) ELSE '{{}}' END,
        (%(statuses)s::text[])[1 + {_DIE.format(throw=3)} %% {len(STATUSES)}], 1 + n %% 3, 0
    FROM {_RANGE}
"""
_METADATA = f"""
    INSERT INTO order_metadata (account, name, value, order_id)
    SELECT {_ACCOUNT}, pair.name, pair.value, {_ID} FROM {_RANGE}, {_PAIRS} WHERE n %% 4 = 0
"""
_TIMELINE = f"""
    INSERT INTO timeline (order_id, at, service, what)
    SELECT {_ID}, to_timestamp({_AT} / 1000.0 + 1), 'emails', 'receipt sent' FROM {_RANGE}
"""
MESH = (ORDERS, _METADATA, _TIMELINE)
SHOP = (ORDERS, "UPDATE orders SET receipt_sent_at = placed_at + interval '1 second'")
"""Its pairs and the time of the receipt stand in the order's own row."""

_INDEXES = """
    SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
    FROM pg_index index JOIN pg_class of ON of.oid = index.indrelid
    WHERE of.relnamespace = 'public'::regnamespace AND of.relname = ANY(%s) AND NOT index.indisunique
"""
_FILLED = ("orders", "order_metadata", "timeline")


class NoRoom(Exception):
    """The disk is too small for so many orders."""


def check_room(folder: Path, orders: int) -> None:
    """Raises NoRoom."""
    needed, free = orders * BYTES + LOG, shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoom(
            f"{orders:,} orders need {needed / 2**30:.0f} GiB, {free / 2**30:.0f} GiB are free in {folder}: "
            'fill fewer (ARGS="--orders 1000000"), or set TMPDIR to a folder on a larger disk'
        )


def fill(url: str, orders: int, statements: Sequence[str]) -> None:
    """Write so many orders, and leave nothing for later that PostgreSQL would do in the background."""
    with psycopg.connect(url, autocommit=True) as tx:
        tx.execute(
            "SET maintenance_work_mem = '512MB'; SET synchronous_commit = off; SET statement_timeout = 0"
        )
        with _without_indexes(tx):
            for first in range(1, orders + 1, STEP):
                last = min(first + STEP - 1, orders)
                for statement in statements:
                    tx.execute(statement, _values(orders, first, last), prepare=False)
                if orders > STEP:
                    click.echo(f"  {last:,} of {orders:,} orders written")
        tx.execute("VACUUM (ANALYZE)")


@contextmanager
def _without_indexes(tx: Tx) -> Iterator[None]:
    """To build one from what is there takes a fraction of growing it row by row."""
    found = tx.execute(_INDEXES, [list(_FILLED)]).fetchall()
    for name, _ in found:
        tx.execute(f"DROP INDEX {name}")
    yield
    for _, definition in found:
        tx.execute(str(definition))


def _values(orders: int, first: int, last: int) -> dict[str, object]:
    documents = [document(number)["lines"] for number in range(PERIOD)]
    return {
        "orders": orders,
        "first": first,
        "last": last,
        "names": NAMES,
        "lines": [Jsonb(lines) for lines in documents],
        "totals": [sum(line["quantity"] * line["unit_price"] for line in lines) for lines in documents],
        "statuses": list(STATUSES),
    }
