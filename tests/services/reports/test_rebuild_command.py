"""`reports rebuild`, as an operator runs it: what was damaged is as before, and each day is told."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from commands import run
from messages import about, order_placed

from contracts.orders import OrderCancelled, OrderRefunded
from mesh.database import Tx

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
TABLES = ("days", "hours", "days_by_country", "days_by_customer", "days_by_product")
FACTS = ("orders", "refunds")
ALL = ("--from", "2026-03-01", "--to", "2026-03-03")


@pytest.fixture
def landed(deliver: Callable[..., None]) -> None:
    """Orders of two days, of which one is cancelled and one paid back; on the third there is nothing."""
    first, second = order_placed(placed_at=FIRST), order_placed(currency="USD", placed_at=FIRST)
    later = order_placed(placed_at=FIRST + timedelta(days=1))
    at = FIRST + timedelta(days=1)
    deliver(first, second, later)
    deliver(OrderCancelled(**about(first), at=at, reason=None))
    deliver(OrderRefunded(**about(later), at=at, amount=300, refunded=300, reason="late"))


@pytest.fixture
def rebuild(url: str) -> Callable[..., tuple[int, str, str]]:
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    return lambda *arguments: run("reports", "rebuild", *arguments, **environment)


def rows(tx: Tx, *tables: str) -> dict[str, Any]:
    return {table: tx.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall() for table in tables}


def told(output: str) -> list[str]:
    """Without how long each took."""
    return [re.sub(r"\d+\.\d s", "… s", line) for line in output.splitlines()]


@pytest.mark.usefixtures("landed")
def test_what_was_damaged_is_as_before(rebuild: Callable[..., Any], tx: Tx) -> None:
    before = rows(tx, *TABLES, *FACTS)
    assert all(before.values())
    tx.execute("UPDATE days SET revenue = revenue - 1, orders = orders + 1 WHERE day = '2026-03-01'")
    tx.execute("UPDATE orders SET total = 7, cancelled_at = NULL")
    tx.execute("TRUNCATE hours, days_by_country, days_by_customer, days_by_product, refunds")
    assert rows(tx, *TABLES, *FACTS) != before
    code, output, _ = rebuild(*ALL)
    assert (code, told(output)) == (
        0,
        ["2026-03-01  1 of 3  … s  figures changed", "2026-03-02  2 of 3  … s", "2026-03-03  3 of 3  … s"],
    )
    assert rows(tx, *TABLES, *FACTS) == before


@pytest.mark.usefixtures("landed")
def test_other_days_are_left_alone(rebuild: Callable[..., Any], tx: Tx) -> None:
    tx.execute("UPDATE days SET orders = 7")
    code, output, _ = rebuild("--from", "2026-03-02", "--to", "2026-03-02")
    assert (code, told(output)) == (0, ["2026-03-02  1 of 1  … s  figures changed"])
    found = tx.execute("SELECT DISTINCT day::text, orders FROM days ORDER BY 1").fetchall()
    assert found == [("2026-03-01", 7), ("2026-03-02", 1)]


@pytest.mark.usefixtures("landed")
def test_what_was_taken_wrongly_is_taken_again_where_it_is_asked_for(
    rebuild: Callable[..., Any], tx: Tx
) -> None:
    before = rows(tx, *TABLES, *FACTS, "landed")
    tx.execute("UPDATE landed SET said = said || '{\"total\": 1}' WHERE name = 'orders.order_placed'")
    assert told(rebuild(*ALL)[1])[0].endswith("figures changed")
    wrong = tx.execute("SELECT sum(amount) FROM days").fetchone()
    assert wrong == (3,)
    code, output, _ = rebuild("--reread", *ALL)
    assert (code, [line.endswith("figures changed") for line in told(output)]) == (0, [True, True, False])
    assert rows(tx, *TABLES, *FACTS, "landed") == before
    assert not any(line.endswith("changed") for line in told(rebuild("--reread", *ALL)[1]))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--from", "2026-03-02", "--to", "2026-03-01"), "--to is before --from"),
        (("--from", "2026-03-02"), "Missing option '--to'"),
        (("--from", "March", "--to", "2026-03-01"), "'March' does not match the format '%Y-%m-%d'"),
    ],
)
def test_days_that_are_none(rebuild: Callable[..., Any], arguments: tuple[str, ...], why: str) -> None:
    code, output, errors = rebuild(*arguments)
    assert code != 0
    assert (output, why in errors) == ("", True)
