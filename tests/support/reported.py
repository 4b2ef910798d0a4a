"""Reports of figures that nobody thought of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from reports.documents import kinds
from reports.documents.kinds import Money, Report
from reports.documents.samples.refunds import sums
from reports.domain import Figures

CURRENCIES = ["EUR", "USD", "JPY", "KWD", "XXX", "ZZZ"]
EVIL = '#panic("x") *b* $x$ <b>&amp;</b> \\ "`@[]{}_~ \u202eabc \U0001f469‍\U0001f680 שלום =1+1'
"""Markup of typst, HTML and spreadsheets, text that turns around, and what no font here has."""

amounts = st.integers(-(10**40), 10**40) | st.integers(-(10**6), 10**6)
counts = st.integers(0, 10**6) | st.integers(0, 10**18)
names = st.text(max_size=60) | st.just(EVIL) | st.just("W" * 3000)
days = st.dates()
moments = st.datetimes(timezones=st.just(UTC))
currencies = st.sampled_from(CURRENCIES)
totals = st.builds(kinds.Totals, counts, counts, amounts, counts, amounts, counts, amounts)
unconverted = st.lists(st.builds(kinds.Unconverted, currencies, counts, amounts), max_size=2)
flows = st.builds(kinds.Flow, counts, counts, counts, st.none() | counts, st.none() | counts)
products = st.builds(
    kinds.Product,
    *(names, names, counts, counts, amounts, counts, amounts, st.lists(amounts, max_size=12)),
)
entries = st.builds(
    kinds.Entry,
    *(moments, st.sampled_from(["order", "payment", "refund", "cancellation"]), names, amounts, amounts),
)


@st.composite
def periods(draw: Any) -> tuple[date, date]:
    first = draw(days)
    longest = min(800, (date.max - first).days)
    return first, first + timedelta(draw(st.integers(0, min(3, longest)) | st.integers(0, longest)))


@st.composite
def daily_sales(draw: Any) -> kinds.DailySales:
    first, last = draw(periods())
    within = st.dates(first, last)
    sales = st.builds(
        kinds.Sales,
        *(
            currencies,
            st.lists(st.builds(kinds.Day, within, totals), max_size=4),
            st.lists(st.builds(kinds.Hour, within, st.integers(0, 23), counts, amounts), max_size=5),
            st.none() | totals,
            st.lists(st.builds(kinds.BestProduct, names, names, counts, amounts), max_size=3),
            st.lists(
                st.builds(kinds.Country, st.sampled_from(["DE", "GR", "", "??"]), counts, amounts), max_size=3
            ),
            unconverted,
        ),
    )
    figures = st.lists(st.builds(Figures, within, currencies, counts, counts, amounts), max_size=4)
    return kinds.DailySales(first, last, draw(figures), draw(st.none() | sales))


@st.composite
def product_performance(draw: Any) -> kinds.ProductPerformance:
    found = draw(st.lists(products, max_size=12))
    return kinds.ProductPerformance(*draw(periods()), draw(currencies), found, draw(unconverted))


@st.composite
def customer_statements(draw: Any) -> kinds.CustomerStatement:
    accounts = st.lists(
        st.builds(kinds.Account, currencies, amounts, st.lists(entries, max_size=5)), max_size=3
    )
    return kinds.CustomerStatement(*draw(periods()), kinds.Customer(draw(names), draw(names)), draw(accounts))


@st.composite
def refunds(draw: Any) -> kinds.Refunds:
    original = st.builds(Money, amounts, currencies)
    one = st.builds(kinds.Refund, moments, moments, names, names, names, amounts, original)
    before = st.none() | counts
    found = draw(st.lists(one, max_size=5))
    rest = draw(counts), draw(amounts), draw(before), draw(before), draw(unconverted)
    told = sums(found)
    days, reasons, waited = told["days"], told["reasons"], told["waited"]
    return kinds.Refunds(*draw(periods()), draw(currencies), days, reasons, found, waited, *rest)


@st.composite
def operations(draw: Any) -> kinds.Operations:
    first, last = draw(periods())
    within = st.dates(first, last)
    return kinds.Operations(
        first,
        last,
        draw(flows),
        draw(st.none() | flows),
        draw(st.lists(st.builds(kinds.DayFlow, within, flows), max_size=4)),
        draw(st.lists(st.builds(kinds.QueueFlow, names, names, flows), max_size=3)),
        draw(st.lists(st.builds(kinds.Line, within, names, names, flows), max_size=3)),
        draw(st.lists(st.builds(kinds.Death, names, names, names, counts), max_size=3)),
    )


def reports() -> st.SearchStrategy[Report]:
    return st.one_of(daily_sales(), product_performance(), customer_statements(), refunds(), operations())


def product(name: str, revenue: int = 1000, **more: Any) -> kinds.Product:
    return kinds.Product(sku="TEA", name=name, orders=1, items=1, revenue=revenue, **more)


def performance(*products: kinds.Product, currency: str = "EUR") -> kinds.ProductPerformance:
    return kinds.ProductPerformance(date(2026, 3, 1), date(2026, 3, 31), currency, products)


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)
