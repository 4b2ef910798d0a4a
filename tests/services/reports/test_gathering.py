"""From what arrives to what a report tells: each kind, of one account and of all."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from messages import CUSTOMER, NOW, about, order_placed
from outcomes import dead
from stories import RATES

from contracts.orders import Line, OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded
from contracts.reports import MakeReport, ReportMade
from mesh.files import FileStore
from mesh.testing import sent
from reports.documents.kinds import (
    Account,
    BestProduct,
    Country,
    Day,
    Hour,
    Money,
    Reason,
    RefundDay,
    Totals,
    Unconverted,
)
from reports.documents.samples.refunds import sums
from reports.domain import DIGITS
from reports.store import rates
from reports.store.told import Of
from reports.usecases import gathering, rebuilding
from reports.usecases.gathering import Want

Deliver = Callable[..., None]
Make = Callable[..., Any]
Tell = Callable[..., Any]
MARCH = Of("tea", date(2026, 3, 1), date(2026, 3, 31))
FIRST, SECOND = datetime(2026, 3, 30, 8, 15, tzinfo=UTC), datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
POT = Line(sku="P-1", name="Pot", quantity=1, unit_price=3000)
TEA = Line(sku="T-1", name="Tea", quantity=2, unit_price=450)


def placed(*lines: Line, at: datetime = FIRST, country: str | None = "DE", **changes: Any) -> OrderPlaced:
    return order_placed(
        account="tea",
        placed_at=at,
        customer={"country": country},
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in lines),
        **changes,
    )


@pytest.fixture
def tell(tx: Any) -> Tell:
    """Gathers a report at once, and in sections that were laid aside: they make the same."""

    def tell(kind: Any, of: Of, customer: str | None = None, format: Any = "json") -> Any:
        want = Want(kind, of, customer, "EUR", format)
        found = (gathering.section(name, want, tx) for name in gathering.sections(kind))
        laid = [gathering.taken_up(gathering.laid_aside(fields)) for fields in found]
        whole = gathering.report(want, tx)
        assert gathering.assembled(want, laid) == whole
        return whole

    return tell


@pytest.fixture
def sold(deliver: Deliver, tx: Any) -> list[OrderPlaced]:
    """Two orders in euros, of which one is cancelled, one in dollars with a refund, one in roubles."""
    rates.keep(tx, RATES, NOW)
    rates.convert(tx, "EUR", DIGITS, (min(RATES), max(RATES)))
    orders = [
        placed(TEA, POT),
        placed(TEA, at=SECOND, country=None),
        placed(POT, currency="USD", country="US"),
        placed(TEA, currency="RUB"),
        order_placed(account="books", placed_at=FIRST),
    ]
    deliver(*orders)
    deliver(OrderPaid(**about(orders[0]), at=FIRST))
    deliver(OrderCancelled(**about(orders[1]), at=SECOND, reason=None))
    deliver(OrderRefunded(**about(orders[2]), at=SECOND, amount=1000, refunded=1000, reason="broken"))
    return orders


USD = 2778  # 3000 cents of the dollar at 1.0799
BACK = 926  # and 1000


def test_daily_sales(sold: Any, tx: Any, tell: Tell) -> None:
    sales = tell("daily_sales", MARCH).sales
    assert sales
    assert sales.days == [
        Day(FIRST.date(), Totals(orders=2, items=4, revenue=3900 + USD)),
        Day(SECOND.date(), Totals(1, 2, 900, 1, 900, 1, BACK)),
    ]
    assert sales.totals.net == 3900 + USD - BACK
    assert sales.hours == [Hour(FIRST.date(), 8, 2, 3900 + USD), Hour(SECOND.date(), 21, 1, 900)]
    assert sales.products == [BestProduct("P-1", "Pot", 2, 3000 + USD), BestProduct("T-1", "Tea", 2, 900)]
    assert sales.countries == [Country("DE", 1, 3900), Country("US", 1, USD), Country("", 1, 900)]
    assert sales.unconverted == [Unconverted("RUB", 1, 900)]
    assert sales.previous is None


def test_of_all_accounts(sold: Any, tx: Any, tell: Tell) -> None:
    found = tell("daily_sales", MARCH._replace(account=None))
    assert [(f.currency, f.orders, f.revenue) for f in found.figures][:3] == [
        ("EUR", 2, 4800),
        ("RUB", 1, 900),
        ("USD", 1, 3000),
    ]


def test_a_period_is_compared_with_the_one_before(sold: Any, tx: Any, tell: Tell) -> None:
    last = Of("tea", SECOND.date(), SECOND.date())
    sales = tell("daily_sales", last).sales
    assert sales and sales.previous == Totals(orders=2, items=4, revenue=3900 + USD)
    [pot, tea] = tell("product_performance", MARCH._replace(first=FIRST.date())).products
    assert (pot.name, pot.items, pot.revenue, pot.trend) == ("Pot", 2, 3000 + USD, [3000 + USD, 0])
    assert (tea.previous_items, tea.items, tea.revenue) == (0, 2, 900)


def test_refunds(sold: Any, tx: Any, tell: Tell) -> None:
    found = tell("refunds", MARCH)
    [back] = found.refunds
    assert (back.order, back.customer, back.reason) == (str(sold[2].order_id), "Ada Lovelace", "broken")
    assert (back.at, back.ordered_at, back.amount, back.original) == (SECOND, FIRST, BACK, Money(1000, "USD"))
    assert (found.orders, found.revenue) == (3, 4800 + USD)
    assert (found.days, found.waited) == ([RefundDay(SECOND.date(), 1, BACK)], 1)
    assert found.reasons == [Reason("broken", 1, BACK)]


def test_a_pdf_lists_the_largest_of_many_refunds(
    deliver: Deliver, sold: list[OrderPlaced], tx: Any, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_LISTED", 3)
    amounts = [120, 40, 700, 350, 5]
    for number, amount in enumerate(amounts):
        at, back = SECOND - timedelta(hours=9 * number + 1), sum(amounts[: number + 1])
        reason = ("late", " late\n", None)[number % 3]
        deliver(OrderRefunded(**about(sold[0]), at=at, amount=amount, refunded=back, reason=reason))
    all, some = tell("refunds", MARCH), tell("refunds", MARCH, format="pdf")
    assert [refund.amount for refund in all.refunds] == [5, 350, 700, 40, 120, BACK]
    assert [refund.amount for refund in some.refunds] == [BACK, 700, 350]
    told = sums([replace(each, reason=each.reason.strip()) for each in all.refunds])
    for found in (all, some):
        assert {name: getattr(found, name) for name in told} == told
        assert (found.count, found.refunded) == (6, sum(amounts) + BACK)
    few = tell("refunds", MARCH._replace(last=FIRST.date()), format="pdf")
    assert [refund.amount for refund in few.refunds] == [5, 350]


def test_a_statement_is_in_the_customers_own_currencies(sold: Any, tx: Any, tell: Tell) -> None:
    since = MARCH._replace(first=SECOND.date())
    found = tell("customer_statement", since, CUSTOMER.email.upper())
    euros, roubles, dollars = found.accounts
    assert (euros.currency, euros.opening, euros.closing) == ("EUR", 0, 0)
    assert [(e.what, e.charged, e.paid) for e in euros.entries] == [
        ("order", 900, 0),
        ("cancellation", -900, 0),
    ]
    assert (dollars.opening, dollars.closing, dollars.refunded) == (3000, 3000, 1000)
    assert roubles == Account("RUB", 900, [])


def test_refunds_without_a_rate_are_told(
    deliver: Deliver, sold: list[OrderPlaced], tx: Any, tell: Tell
) -> None:
    deliver(OrderRefunded(**about(sold[3]), at=SECOND, amount=200, refunded=200, reason=None))
    assert tell("refunds", MARCH).unconverted == [Unconverted("RUB", 1, 200)]
    assert len(tell("refunds", MARCH).refunds) == 1


def test_a_statement_of_all_accounts_is_of_all(deliver: Deliver, sold: Any, tx: Any, tell: Tell) -> None:
    found = tell("customer_statement", MARCH._replace(account=None), CUSTOMER.email)
    assert found.accounts[0].currency == "EUR"
    assert found.accounts[0].charged == 3900 + 900


def wanted(kind: Any, format: Any, **more: Any) -> MakeReport:
    days = {"first_day": MARCH.first, "last_day": MARCH.last}
    return MakeReport(report_id=uuid4(), account="tea", kind=kind, format=format, **days, **more)


KINDS: dict[str, dict[str, Any]] = {
    "daily_sales": {},
    "product_performance": {},
    "refunds": {},
    "customer_statement": {"customer": CUSTOMER.email},
}
BEGINS = {"pdf": b"%PDF-", "xlsx": b"PK", "json": b"{", "csv": b""}


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", BEGINS)
def test_every_kind_is_made_in_every_format(
    make: Make, tx: Any, files: FileStore, kind: str, format: str
) -> None:
    make(wanted(kind, format, locale="ru", **KINDS[kind]))
    [made] = sent(tx, ReportMade)
    assert made.file.name.endswith(f".{format}")
    assert b"".join(files.read(made.file)).startswith(BEGINS[format])


def test_a_day_without_orders_is_a_report_all_the_same(make: Make, tx: Any, files: FileStore) -> None:
    make(wanted("daily_sales", "json"))
    [made] = sent(tx, ReportMade)
    assert json.loads(b"".join(files.read(made.file)))["days"] == []


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("customer_statement", {}, "which customer's"),
        ("customer_statement", {"customer": "nobody@example.com"}, "nothing was ever ordered"),
        ("operations", {}, "of the whole mesh, and of no account"),
    ],
)
def test_what_nobody_can_tell_is_a_dead_letter(
    make: Make, tx: Any, kind: str, more: dict[str, Any], why: str
) -> None:
    make(wanted(kind, "json", **more))
    [(reason, error)] = dead(tx)
    assert (reason, why in error) == ("rejected", True)


def test_a_rebuilt_month_is_told_alike(sold: Any, tx: Any, tell: Tell) -> None:
    before = tell("daily_sales", MARCH)
    with tx.transaction():
        assert rebuilding.rebuild(FIRST.date(), tx, "EUR") is False
    assert tell("daily_sales", MARCH) == before
