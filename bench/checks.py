"""What must be true after a round: nothing is missing, nothing happened twice, every sum is right."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from email.parser import BytesHeaderParser
from uuid import UUID

import psycopg

from bench.flows.flow import Flow
from bench.orders import Sales, address, sales

NOTES = {"receipt sent", "sale recorded"}


class Wrong(Exception):
    """The flow lost, doubled or miscounted something; the text says what."""


def check(flow: Flow, orders: int) -> None:
    """Raises Wrong with all that is wrong with orders 0 up to `orders`."""
    with psycopg.connect(flow.orders_url) as connection:
        placed: dict[UUID, str] = dict(connection.execute("SELECT id, email FROM orders").fetchall())
        notes = connection.execute("SELECT order_id, what FROM timeline").fetchall()
    with psycopg.connect(flow.sales_url) as connection:
        figures = connection.execute(
            f"SELECT sum(orders), sum(items), sum(revenue) FROM {flow.sales}"
        ).fetchone()
    wrong = [
        *_wrong_orders(placed, orders),
        *_wrong_notes(placed, notes),
        *_wrong_mails(placed, _mails(flow)),
        *_wrong_sales(figures, sales(range(orders))),
    ]
    if wrong:
        raise Wrong(f"{flow.name}: " + "; ".join(wrong))


def _wrong_orders(placed: dict[UUID, str], orders: int) -> Iterable[str]:
    if sorted(placed.values()) != [address(number) for number in range(orders)]:
        yield f"{len(placed)} orders stored of {orders} placed"


def _wrong_notes(placed: dict[UUID, str], notes: list[tuple[UUID, str]]) -> Iterable[str]:
    """The third entry of a timeline, «order placed», is the order's own row."""
    found, wanted = Counter(notes), Counter((id, what) for id in placed for what in NOTES)
    if found != wanted:
        yield f"timelines: {(wanted - found).total()} notes missing, {(found - wanted).total()} too many"


def _wrong_mails(placed: dict[UUID, str], mails: list[tuple[str, UUID, str]]) -> Iterable[str]:
    if len({message_id for message_id, _, _ in mails}) != len(mails):
        yield "mails with the same Message-ID"
    found, wanted = Counter((id, to) for _, id, to in mails), Counter(placed.items())
    if found != wanted:
        yield f"mails: {(wanted - found).total()} missing, {(found - wanted).total()} too many"


def _wrong_sales(found: tuple[object, ...] | None, wanted: Sales) -> Iterable[str]:
    if found != wanted:
        yield f"sales {found}, wanted {wanted}"


def _mails(flow: Flow) -> list[tuple[str, UUID, str]]:
    """Message-ID, order and recipient of each mail."""
    parser = BytesHeaderParser()
    with closing(sqlite3.connect(f"file:{flow.mails}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT raw, recipients FROM mails").fetchall()
    headers = [(parser.parsebytes(raw), to) for raw, to in rows]
    return [(head["Message-ID"], UUID(head["X-Order-Id"]), to) for head, to in headers]
