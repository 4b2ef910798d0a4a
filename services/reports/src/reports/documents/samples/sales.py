"""A month of sales: few at night, most in the evening, a day on which the shop was down."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from datetime import date
from math import exp
from operator import attrgetter
from random import Random

from reports.documents.kinds import BestProduct, Country, DailySales, Day, Hour, Sales, Totals
from reports.documents.samples.products import products
from reports.documents.samples.shop import DAYS, FIRST, LAST, lost, paid
from reports.domain import Figures

_COUNTRIES = (("DE", 41), ("FR", 16), ("US", 14), ("AT", 11), ("JP", 7), ("FI", 4), ("GR", 3), ("", 2))


def daily_sales() -> DailySales:
    chance = Random(31)
    hours = [hour for day in DAYS for hour in _hours(day, chance)]
    days = [Day(day, _totals([hour for hour in hours if hour.day == day], chance)) for day in DAYS]
    sales = Sales("EUR", days, hours, products=_best(), countries=_countries(days), unconverted=[lost()])
    now = sales.totals
    before = Totals(*(round(value * part) for value, part in zip(astuple(now), _BEFORE, strict=True)))
    figures = sorted((of for day in days for of in _originals(day)), key=attrgetter("day", "currency"))
    return DailySales(FIRST, LAST, figures, replace(sales, previous=before))


_BEFORE = (0.93, 0.91, 0.885, 1.2, 1.1, 0.8, 0.82)


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
    orders, items, revenue = day.totals.orders, day.totals.items, day.totals.revenue
    for currency, part in (("JPY", 0.08), ("USD", 0.15)):
        of = (
            round(day.totals.orders * part),
            round(day.totals.items * part),
            round(day.totals.revenue * part),
        )
        if of[0]:
            orders, items, revenue = orders - of[0], items - of[1], revenue - of[2]
            yield Figures(day.day, currency, of[0], of[1], paid(of[2], currency))
    if orders:
        yield Figures(day.day, "EUR", orders, items, revenue)


def _best() -> list[BestProduct]:
    best = sorted(products(), key=lambda product: -product.revenue)[:10]
    return [BestProduct(each.sku, each.name, each.items, each.revenue) for each in best]


def _countries(days: Sequence[Day]) -> list[Country]:
    orders = sum(day.totals.orders for day in days)
    revenue = sum(day.totals.revenue for day in days)
    whole = sum(part for _, part in _COUNTRIES)
    return [Country(code, orders * part // whole, revenue * part // whole) for code, part in _COUNTRIES]
