"""What is known of a person, and how they are forgotten while the figures stay."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from commands import run
from messages import about, order_placed
from outcomes import dead
from planned import a_schedule

from contracts.orders import OrderPaid, OrderRefunded
from contracts.reports import MakeReport
from reports.store.told import Of
from reports.usecases import gathering, rebuilding
from reports.usecases.gathering import Want

Deliver = Callable[..., None]
DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = "Ada@example.com"
MARCH = {"first_day": DAY, "last_day": date(2026, 3, 31)}


@pytest.fixture
def person(url: str) -> Callable[..., str]:
    def person(*arguments: str) -> str:
        environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
        code, output, errors = run("reports", "person", *arguments, **environment)
        assert code == 0, errors
        return output

    return person


@pytest.fixture
def ordered(deliver: Deliver) -> None:
    """Ada did, at two shops, and somebody whose address has hers in it."""
    for account, email in (
        ("tea", ADA),
        ("tea", "ada@example.com"),
        ("books", ADA),
        ("tea", "grada@example.com"),
    ):
        customer = {"email": email, "name": f"{email} Lovelace"}
        placed = order_placed(account=account, placed_at=AT, customer=customer)
        deliver(placed)
        deliver(OrderPaid(**about(placed), at=AT))
        deliver(OrderRefunded(**about(placed), at=AT, amount=100, refunded=100, reason="cold"))


def figures(tx: Any) -> list[Any]:
    of_days = tx.execute("SELECT t::text FROM days t ORDER BY 1").fetchall()
    of_customers = tx.execute("""
        SELECT day, account, orders, revenue, refunds FROM days_by_customer ORDER BY 1, 2, 3, 4
    """).fetchall()
    return [of_days, of_customers]


@pytest.mark.usefixtures("ordered")
def test_all_that_is_known_is_exported(deliver: Deliver, person: Callable[..., str]) -> None:
    said = a_schedule(plan={"kind": "customer_statement", "customer": ADA})
    deliver(said)
    statement = {"kind": "customer_statement", "format": "json", "customer": ADA}
    deliver(MakeReport(report_id=uuid4(), account="tea", **statement, **MARCH))
    known = json.loads(person("export", "ada@example.com"))
    assert [each["account"] for each in known["customers"]] == ["books", "tea"]
    assert [len(known[name]) for name in ("orders", "refunds", "reports", "schedules")] == [3, 3, 1, 1]


@pytest.mark.usefixtures("ordered")
def test_who_is_erased_is_in_no_table_and_the_figures_stay(
    deliver: Deliver, person: Callable[..., str], make: Any, tx: Any
) -> None:
    statements = {"kind": "customer_statements", "format": "json"}
    deliver(MakeReport(report_id=uuid4(), account="tea", **statements, **MARCH))
    before = figures(tx)
    assert person("erase", "ada@example.com") == "erased: a customer of 2 accounts\n"
    tables = [name for (name,) in tx.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    for table in tables:
        rows = [row[0].lower() for row in tx.execute(f"SELECT t::text FROM {table} t").fetchall()]
        assert not [row for row in rows if "ada@" in row.replace("grada@", "")], table
    assert figures(tx) == before

    with tx.transaction():
        rebuilding.reread(DAY, tx)
        rebuilding.rebuild(DAY, tx, "EUR")
    assert figures(tx) == before
    statement = {"kind": "customer_statement", "format": "json", "customer": ADA}
    make(MakeReport(report_id=uuid4(), account="tea", **statement, **MARCH))
    assert "nothing was ever ordered" in dead(tx)[0][1]
    want = Want("customer_statement", Of("tea", DAY, DAY), "grada@example.com")
    assert gathering.report(want, tx)


@pytest.mark.usefixtures("ordered")
def test_a_schedule_that_somebody_set_up_is_told(deliver: Deliver, person: Callable[..., str]) -> None:
    said = a_schedule(plan={"kind": "customer_statement", "customer": ADA})
    deliver(said)
    assert f"left, since somebody set it up: schedule {said.schedule_id}" in person("erase", ADA)
