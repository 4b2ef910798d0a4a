"""Exchange rates from where they are published to the figures, over HTTP."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from commands import run
from messages import NOW, about, order_placed
from quoted import quoted
from weblike import Weblike, answer, truncated

from contracts.orders import OrderPlaced, OrderRefunded
from contracts.reports import FetchRates, RecountDay, TransformRates
from mesh import Database, testing
from mesh.database import Tx
from mesh.testing import sent
from reports.sources.fetching import Source
from reports.store import rates as stored
from reports.tasks import consumer
from reports.usecases import quoting
from reports.wiring import Deps

DAY = date(2026, 3, 2)
BEFORE = DAY - timedelta(days=3)
FIRST = {BEFORE: {"USD": Decimal("1.25")}}
SECOND = {DAY: {"USD": Decimal("1.6"), "JPY": Decimal(160)}}


@pytest.fixture
def bank() -> Iterator[Weblike]:
    with Weblike([answer(body=quoted(FIRST), ETag='"1"')]) as server:
        yield server


@pytest.fixture
def shop(database: Database, tx: Tx, bank: Weblike) -> "Shop":
    return Shop(database, tx, Deps(None, rates={"bank": Source("bank", bank.url, attempts=1)}))


class Shop:
    """The service and its bank."""

    def __init__(self, database: Database, tx: Tx, deps: Deps) -> None:
        self.database, self.tx, self.deps = database, tx, deps

    def deliver(self, *messages: Any) -> None:
        testing.deliver(consumer, self.database, self.deps, *messages)

    def settle(self) -> None:
        testing.settle(consumer, self.database, self.deps, self.tx)

    def ordered(self, currency: str = "USD", day: date = DAY) -> OrderPlaced:
        placed = order_placed(
            currency=currency, placed_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        )
        self.deliver(placed)
        self.settle()
        return placed

    def fetch(self) -> None:
        self.deliver(FetchRates())
        self.settle()

    def revenue(self, day: date = DAY) -> dict[str, tuple[int, int]]:
        """By currency; beside it, how many are not converted."""
        found = self.tx.execute("SELECT currency, revenue, unconverted FROM days WHERE day = %s", (day,))
        return {currency: (int(revenue), unconverted) for currency, revenue, unconverted in found}

    def buried(self) -> list[str]:
        return [row[0] for row in self.tx.execute("SELECT error FROM dead_letters")]


def test_late_rates_correct_figures(shop: Shop, bank: Weblike) -> None:
    placed = shop.ordered()
    shop.deliver(_refund(placed))
    shop.settle()
    assert shop.revenue() == {"USD": (0, 2)}
    shop.fetch()
    assert shop.revenue() == {"USD": (720, 0)}
    bank.acts[:] = [answer(body=quoted(SECOND))]
    shop.fetch()
    assert shop.revenue() == {"USD": (563, 0)}
    [refunds] = shop.tx.execute("SELECT refunded_revenue FROM days").fetchall()
    assert refunds == (125,)


def test_what_is_not_new_is_asked_for_and_not_read(shop: Shop, bank: Weblike) -> None:
    bank.acts.append(answer(304))
    shop.fetch()
    shop.deliver(FetchRates(source="bank"))
    assert bank.requests[0].headers.get("if-none-match") is None
    assert bank.requests[1].headers["if-none-match"] == '"1"'
    assert (sent(shop.tx, TransformRates), shop.buried()) == ([], [])


def test_a_corrupt_document_is_told_and_changes_nothing(shop: Shop, bank: Weblike) -> None:
    shop.ordered()
    shop.fetch()
    bank.acts[:] = [answer(body=quoted(SECOND)[:-40])]
    shop.fetch()
    [why] = shop.buried()
    assert "rates of bank: line 3, column" in why
    assert "None is taken; those of before hold" in why
    assert shop.revenue() == {"USD": (720, 0)}
    bank.acts[:] = [answer(body=quoted(SECOND))]
    shop.fetch()
    assert shop.revenue() == {"USD": (563, 0)}


def test_a_damaged_document_is_asked_for_again(shop: Shop, bank: Weblike) -> None:
    bank.acts[:] = [answer(body=quoted(SECOND)[:-40], ETag='"2"'), answer(body=quoted(SECOND), ETag='"2"')]
    shop.fetch()
    shop.fetch()
    assert bank.requests[1].headers.get("if-none-match") is None
    assert [known.rate for known in stored.known(shop.tx, DAY)] == [Decimal(160), Decimal("1.6")]


def test_of_rates_that_differ_the_last_that_was_said_holds(tx: Tx) -> None:
    """Read in any order: also when the last says again what the first said."""
    said = [(1, "1.25"), (2, "1.5"), (3, "1.25")]
    for order in permutations(said):
        tx.execute("TRUNCATE rates")
        for day, rate in order:
            stored.keep(tx, {DAY: {"USD": Decimal(rate)}}, NOW + timedelta(day))
        assert [known.rate for known in stored.known(tx, DAY)] == [Decimal("1.25")], order


@pytest.mark.parametrize("trouble", [truncated, answer(503)])
def test_a_bank_that_is_away_is_waited_for(shop: Shop, bank: Weblike, trouble: Any) -> None:
    bank.acts.insert(0, trouble)
    shop.deliver(FetchRates(source="bank"))
    [[retries, waits]] = shop.tx.execute("SELECT retries, due_at > now() FROM outbox").fetchall()
    assert (retries, waits) == (0, True)
    shop.settle()
    assert [known.rate for known in stored.known(shop.tx, BEFORE)] == [Decimal("1.25")]


def test_a_currency_without_a_rate_stays_as_it_is(shop: Shop) -> None:
    shop.ordered("RUB")
    shop.ordered()
    shop.fetch()
    assert shop.revenue() == {"USD": (720, 0), "RUB": (0, 1)}


def test_the_past_is_corrected(shop: Shop, bank: Weblike) -> None:
    shop.ordered()
    shop.ordered(day=BEFORE)
    shop.fetch()
    bank.acts[:] = [answer(body=quoted({BEFORE: {"USD": Decimal("1.5")}, **SECOND}))]
    shop.fetch()
    assert (shop.revenue(BEFORE), shop.revenue()) == ({"USD": (600, 0)}, {"USD": (563, 0)})


def test_an_older_document_that_is_read_later_does_not_hold(shop: Shop, bank: Weblike) -> None:
    shop.ordered(day=BEFORE)
    shop.deliver(FetchRates(source="bank"))
    [older] = sent(shop.tx, TransformRates)
    shop.tx.execute("DELETE FROM outbox")
    bank.acts[:] = [answer(body=quoted({BEFORE: {"USD": Decimal("1.5")}}))]
    shop.fetch()
    shop.deliver(older)
    shop.settle()
    assert shop.revenue(BEFORE) == {"USD": (600, 0)}


def test_what_says_again_what_it_said_before_holds_again(shop: Shop, bank: Weblike) -> None:
    shop.ordered(day=BEFORE)
    right = bank.acts[0]
    for act, revenue in [
        (right, 720),
        (answer(body=quoted({BEFORE: {"USD": Decimal(9)}})), 100),
        (right, 720),
    ]:
        bank.acts[:] = [act]
        shop.fetch()
        assert shop.revenue(BEFORE) == {"USD": (revenue, 0)}


def test_only_days_are_counted_again_whose_amounts_change(shop: Shop) -> None:
    shop.ordered("EUR")
    shop.ordered(day=BEFORE)
    shop.deliver(FetchRates(source="bank"))
    for _ in range(2):
        [transform] = sent(shop.tx, TransformRates)
        shop.deliver(transform)
        assert [told.day for told in sent(shop.tx, RecountDay)] == [BEFORE]


def test_another_currency_to_report_in(shop: Shop, bank: Weblike) -> None:
    bank.acts[:] = [answer(body=quoted(SECOND))]
    shop.ordered("EUR")
    shop.ordered("USD")
    shop.ordered("EUR", BEFORE)
    shop.fetch()
    shop.deps = Deps(None, "USD")
    with shop.tx.transaction():
        assert quoting.convert_anew(shop.tx, "USD") == 2
    shop.settle()
    assert shop.revenue() == {"EUR": (1440, 0), "USD": (900, 0)}
    assert shop.revenue(BEFORE) == {"EUR": (0, 1)}


def test_a_source_that_is_none_any_more(shop: Shop) -> None:
    shop.deliver(FetchRates(source="https://elsewhere"))
    [why] = shop.buried()
    assert "RATES_URL does not name https://elsewhere" in why


@pytest.fixture
def rates(url: str, shop: Shop) -> Callable[..., Any]:
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    return lambda *arguments, **more: run("reports", "rates", *arguments, **{**environment, **more})


def test_the_commands(rates: Callable[..., Any], shop: Shop, bank: Weblike) -> None:
    shop.ordered()
    source = bank.url.replace("://", "://me:s3cr3t@") + "/daily.xml?key=s3cr3t"
    assert rates("fetch", RATES_URL=source) == (0, f"{bank.url}/daily.xml: a new document\n", "")
    assert bank.requests[0].path == "/daily.xml?key=s3cr3t"
    assert "s3cr3t" not in str(shop.tx.execute("SELECT source FROM landed_documents").fetchall())
    shop.settle()
    assert shop.revenue() == {"USD": (720, 0)}
    assert rates("list", "--day", str(DAY))[1].splitlines() == [
        f"{DAY}: 1 currencies have a rate",
        f"USD            1.25  of {BEFORE}  100 minor units are 80.0000 of ours",
    ]
    assert rates("list", "--day", "2026-03-20")[1] == "2026-03-20: no currencies have a rate\n"
    assert rates("convert")[1] == "1 days are counted again\n"


def test_a_source_that_fails_holds_up_no_other(rates: Callable[..., Any], bank: Weblike) -> None:
    bank.acts[:] = [answer(404), answer(body=quoted(FIRST))]
    code, output, errors = rates("fetch", RATES_URL=f"{bank.url}/a,{bank.url}/b")
    assert (code, output) == (1, f"{bank.url}/b: a new document\n")
    assert "it said 404" in errors
    assert "Traceback" not in errors


def test_no_source(rates: Callable[..., Any]) -> None:
    assert rates("fetch") == (0, "RATES_URL names no source: nothing is fetched\n", "")
    code, _, errors = rates("fetch", RATES_URL="ftp://bank")
    assert (code, "RATES_URL" in errors) == (2, True)


def _refund(placed: OrderPlaced) -> OrderRefunded:
    known = about(placed)
    return OrderRefunded(**known, at=placed.placed_at, amount=200, refunded=200, reason=None)
