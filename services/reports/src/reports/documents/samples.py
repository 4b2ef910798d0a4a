"""A report of each kind, of a month as a shop of teas could have it: for previews, pictures and tests.

Made of numbers that look like chance and are the same each time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import exp
from random import Random

from reports.documents.kinds import (
    Account,
    BestProduct,
    Country,
    Customer,
    CustomerStatement,
    DailySales,
    Day,
    DayFlow,
    Death,
    Entry,
    Flow,
    Hour,
    Line,
    Money,
    Operations,
    Product,
    ProductPerformance,
    QueueFlow,
    Refund,
    Refunds,
    Report,
    Sales,
    Totals,
    Unconverted,
)
from reports.domain import Figures

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
DAYS = [FIRST + timedelta(number) for number in range(31)]
_RATES = {"EUR": 1.0, "USD": 1.09, "JPY": 163.5}
"""How many minor units of each come for a cent: the yen has none."""
_GOODS = (
    ("TEA-EG-100", "Earl Grey, 100 g", 1299),
    ("TEA-DJ-FF", "Darjeeling First Flush, 50 g", 2450),
    ("TEA-SEN-100", "Sencha, 100 g", 1890),
    ("TEA-IVAN-75", "Иван-чай с листом смородины, 75 г", 940),
    ("POT-08", "Cast-iron teapot, 0.8 l", 6450),
    ("CUP-2", "Two cups, celadon glaze", 3200),
    ("TOWEL-2", "Linen tea towel, set of two", 1900),
    ("TEA-PU-357", "Pu-erh cake, 2019, 357 g", 5400),
    ("TEA-ROOI", "Rooibos with orange peel, 100 g", 890),
    ("HONEY-250", "Μέλι θυμαρίσιο, 250 g", 1450),
    ("TEA-JAS-100", "Jasmine pearls, 100 g", 2290),
    ("WHISK", "Bamboo whisk for matcha", 1750),
    ("TEA-MAT-30", "Matcha, ceremonial grade, 30 g", 2990),
    ("SPOON", "Measuring spoon, cherry wood", 650),
    ("TIN-100", "Tea tin, matt black, 100 g", 790),
    ("TEA-OOL-100", "Tieguanyin oolong, 100 g", 2150),
    ("CARD-25", "Gift card", 2500),
    ("TEA-MINT", "Nana mint, 50 g", 590),
)
_COUNTRIES = (("DE", 41), ("FR", 16), ("US", 14), ("AT", 11), ("JP", 7), ("FI", 4), ("GR", 3), ("", 2))
_REASONS = (("Arrived broken", 5), ("Changed my mind", 7), ("Wrong article", 3), ("Came too late", 2), ("", 1))
_PEOPLE = ("Ada Lovelace", "Анна Каренина", "Grace Hopper", "Νίκος Καζαντζάκης", "Jean-Luc Péret", "Özlem Çelik")
_QUEUES = {
    "orders": (("orders.v1", 58_000, 900), ("orders", 900, 2_400)),
    "emails": (("emails.v1", 51_000, 14_000), ("emails.v1.bulk", 24_000, 21_000)),
    "reports": (("reports.v1", 29_500, 1_100),),
}
"""Messages in a month, and microseconds that half of them take at the most."""


def daily_sales() -> DailySales:
    chance = Random(31)
    hours = [hour for day in DAYS for hour in _hours(day, chance)]
    days = [Day(day, _totals([hour for hour in hours if hour.day == day], chance)) for day in DAYS]
    sales = Sales("EUR", days, hours, products=_best(), countries=_countries(days), unconverted=[_lost()])
    now = sales.totals
    before = Totals(*(round(value * part) for value, part in zip(_values(now), _BEFORE, strict=True)))
    figures = [of for day in days for of in _originals(day)]
    return DailySales(
        FIRST,
        LAST,
        figures,
        Sales("EUR", days, hours, before, sales.products, sales.countries, sales.unconverted),
    )


_BEFORE = (0.93, 0.91, 0.885, 1.2, 1.1, 0.8, 0.82)


def _values(totals: Totals) -> tuple[int, ...]:
    return (
        totals.orders,
        totals.items,
        totals.revenue,
        totals.cancelled,
        totals.cancelled_revenue,
        totals.refunds,
        totals.refunded,
    )


def _hours(day: date, chance: Random) -> Iterator[Hour]:
    """Few at night, most in the evening, more at weekends; the shop was down on one Tuesday."""
    if day == date(2026, 3, 17):
        return
    for hour in range(24):
        busy = 0.3 + 4 * exp(-((hour - 19.5) ** 2) / 9) + 2.2 * exp(-((hour - 11) ** 2) / 14)
        weekend = 1.45 if day.weekday() >= 5 else 1 + 0.04 * day.weekday()
        orders = max(0, round(busy * weekend * chance.uniform(0.5, 1.5) - 0.4))
        if orders:
            yield Hour(day, hour, orders, sum(chance.randrange(900, 9000) for _ in range(orders)))


def _totals(hours: Sequence[Hour], chance: Random) -> Totals:
    orders, revenue = sum(hour.orders for hour in hours), sum(hour.revenue for hour in hours)
    cancelled, refunds = min(orders, chance.choice((0, 0, 1, 2))), min(orders, chance.choice((0, 1, 1, 2, 3)))
    return Totals(
        orders=orders,
        items=sum(chance.randint(1, 4) for _ in range(orders)),
        revenue=revenue,
        cancelled=cancelled,
        cancelled_revenue=sum(chance.randrange(900, 8000) for _ in range(cancelled)),
        refunds=refunds,
        refunded=sum(chance.randrange(500, 6000) for _ in range(refunds)),
    )


def _originals(day: Day) -> Iterator[Figures]:
    """The same as it was paid: three quarters in euros."""
    totals = day.totals
    for currency, part in (("EUR", 0.77), ("JPY", 0.08), ("USD", 0.15)):
        orders = round(totals.orders * part)
        if orders:
            minor = totals.revenue * part * _RATES[currency] / (100 if currency == "JPY" else 1)
            yield Figures(day.day, currency, orders, round(totals.items * part), round(minor))


def _lost() -> Unconverted:
    return Unconverted("KWD", 3, 21_400)


def _best() -> list[BestProduct]:
    best = sorted(_products(), key=lambda product: -product.revenue)[:10]
    return [BestProduct(each.sku, each.name, each.items, each.revenue) for each in best]


def _countries(days: Sequence[Day]) -> list[Country]:
    orders = sum(day.totals.orders for day in days)
    revenue = sum(day.totals.revenue for day in days)
    whole = sum(part for _, part in _COUNTRIES)
    return [
        Country(code, orders * part // whole, revenue * part // whole) for code, part in _COUNTRIES
    ]


def product_performance() -> ProductPerformance:
    products = sorted(_products(), key=lambda product: -product.revenue)
    return ProductPerformance(FIRST, LAST, "EUR", products, [_lost()])


def _products() -> Iterator[Product]:
    chance = Random(18)
    for number, (sku, name, price) in enumerate(_GOODS):
        popular = 420 / (1 + number * 0.55)
        weeks = [max(0, round(popular / 4.4 * chance.uniform(0.6, 1.5))) for _ in range(10)]
        items = sum(weeks)
        before = round(items * chance.uniform(0.7, 1.25)) if sku != "TEA-DJ-FF" else 0
        yield Product(
            sku=sku,
            name=name,
            orders=round(items * 0.7),
            items=items,
            revenue=items * price,
            refunded=chance.choice((0, 0, 1, 2)) * price,
            previous_items=before,
            previous_revenue=before * price,
            trend=[week * price for week in weeks],
        )


def many_products(number: int) -> ProductPerformance:
    """Of a warehouse: what is tried for time and memory."""
    chance = Random(number)
    products = [_one_of_many(at, chance) for at in range(number)]
    return ProductPerformance(FIRST, LAST, "EUR", sorted(products, key=lambda each: -each.revenue))


def _one_of_many(at: int, chance: Random) -> Product:
    _, name, price = _GOODS[at % len(_GOODS)]
    items = int(chance.paretovariate(0.9))
    return Product(
        sku=f"SKU-{at:06}",
        name=f"{name}, batch {at}",
        orders=items,
        items=items,
        revenue=items * (price + at),
        refunded=chance.choice((0, 0, 0, price)),
        previous_items=items + 1,
        previous_revenue=chance.randrange(2 * items * price + 1),
        trend=[chance.randrange(price) for _ in range(10)],
    )


def customer_statement() -> CustomerStatement:
    return statement_of(14)


def statement_of(orders: int) -> CustomerStatement:
    """Of a customer with so many orders in a month."""
    chance = Random(orders)
    start = datetime(2026, 3, 1, 8, 12, tzinfo=UTC)
    step = timedelta(days=30) / orders
    entries = [
        entry for number in range(orders) for entry in _entries(start + number * step, step, number, chance)
    ]
    account = Account("EUR", 4_590, sorted(entries, key=lambda entry: entry.at))
    customer = Customer("c-20417", "Teehaus am Markt, Ada Lovelace", "ada@example.com")
    return CustomerStatement(FIRST, LAST, customer, [account])


def _entries(at: datetime, step: timedelta, number: int, chance: Random) -> Iterator[Entry]:
    order, total = f"{0xA62F_DA0D_58B0 + number * 7919:012X}", chance.randrange(1_900, 42_000)
    yield Entry(at, "order", order, charged=total)
    if number % 11 == 6:
        yield Entry(at + step * 0.3, "cancellation", order, charged=-total)
        return
    if number % 14 == 13:
        return  # not paid yet
    yield Entry(at + step * 0.4, "payment", order, paid=total)
    if number % 5 == 3:
        back = total // 3
        yield Entry(at + step * 0.9, "refund", order, charged=-back, paid=-back)


def refunds() -> Refunds:
    chance = Random(5)
    reasons = [reason for reason, times in _REASONS for _ in range(times)]
    found = sorted((_refund(number, chance, reasons) for number in range(46)), key=lambda refund: refund.at)
    return Refunds(
        FIRST,
        LAST,
        "EUR",
        found,
        orders=1_132,
        revenue=5_602_310,
        previous_refunds=39,
        previous_refunded=151_240,
        unconverted=[Unconverted("KWD", 1, 5_200)],
    )


def _refund(number: int, chance: Random, reasons: Sequence[str]) -> Refund:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(31 * 24 * 60))
    amount = chance.randrange(590, 9_900)
    currency = chance.choice(("EUR", "EUR", "EUR", "USD", "JPY"))
    original = round(amount * _RATES[currency] / (100 if currency == "JPY" else 1))
    return Refund(
        at=at,
        ordered_at=at - timedelta(days=chance.randrange(1, 21)),
        order=f"{0xB11C_0F9D_0000 + number * 104_729:012X}",
        customer=chance.choice(_PEOPLE),
        reason=chance.choice(reasons),
        amount=amount,
        original=Money(original, currency),
    )


def operations() -> Operations:
    chance = Random(9)
    lines = [line for day in DAYS for line in _lines(day, chance)]
    days = [DayFlow(day, _sum([line.flow for line in lines if line.day == day])) for day in DAYS]
    queues = [
        QueueFlow(service, queue, _sum([line.flow for line in lines if line.queue == queue]))
        for service, found in _QUEUES.items()
        for queue, *_ in found
    ]
    return Operations(
        FIRST,
        LAST,
        total=_sum([line.flow for line in lines]),
        previous=Flow(151_300, 690, 19, 5_100, 41_000),
        days=days,
        queues=queues,
        lines=lines,
        deaths=_deaths(sum(line.flow.dead for line in lines)),
    )


def _lines(day: date, chance: Random) -> Iterator[Line]:
    for service, queues in _QUEUES.items():
        for queue, month, half in queues:
            handled = round(month / 31 * chance.uniform(0.7, 1.3) * (1.3 if day.weekday() >= 5 else 1))
            away = service == "emails" and day == date(2026, 3, 12)  # the mail server
            retried = handled // 3 if away else chance.randrange(handled // 250 + 1)
            dead = chance.choice((0, 0, 0, 0, 0, 1)) + (2 if away else 0)
            p50 = round(half * chance.uniform(0.85, 1.2))
            yield Line(day, service, queue, Flow(handled, retried, dead, p50, round(p50 * chance.uniform(2, 5))))


def _sum(flows: Sequence[Flow]) -> Flow:
    """The times only as they could be."""
    handled = sum(flow.handled for flow in flows)
    halves = sorted(flow.p50 or 0 for flow in flows)
    most = sorted(flow.p95 or 0 for flow in flows)
    return Flow(
        handled,
        sum(flow.retried for flow in flows),
        sum(flow.dead for flow in flows),
        halves[len(halves) // 2],
        most[len(most) * 9 // 10],
    )


def _deaths(letters: int) -> list[Death]:
    parts = (letters * 6 // 10, letters * 9 // 10, letters)
    said = (
        ("emails", "orders.order_placed", "SMTP 550: no such mailbox"),
        ("reports", "reports.make_report", "rejected: there is no file store: set FILES_URL, then replay"),
        ("orders", "emails.email_sent", "unknown version 3"),
    )
    return [Death(*each, after - before) for each, (before, after) in zip(said, pairwise((0, *parts)), strict=True)]


SAMPLES: dict[str, Callable[[], Report]] = {
    "daily_sales": daily_sales,
    "product_performance": product_performance,
    "customer_statement": customer_statement,
    "refunds": refunds,
    "operations": operations,
}
"""One of each kind, by which `reports preview` knows it."""
