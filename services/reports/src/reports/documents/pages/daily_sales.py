"""Daily sales: how the time went, when people order, what sells best and where."""

from collections import Counter
from collections.abc import Iterable, Sequence

from reports.documents.kinds.amounts import Money, Totals, ratio
from reports.documents.kinds.daily_sales import DailySales, Hour, Sales
from reports.documents.pages import shared
from reports.documents.pages.layout import Chart, Column, Heat, KeyFigure, Page, Part, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title

MOST_EMPTY_DAYS = 400
"""Days without orders have a line too, in a report of up to about a year."""


def page(report: DailySales, reader: Reader) -> Page:
    sales = report.sales
    in_one = shared.in_currency(reader, sales.currency) if sales else ""
    return Page(
        title=title(report.KIND, reader),
        subtitle=shared.subtitle(reader, report.first_day, report.last_day),
        currency=in_one,
        figures=_figures(sales, reader) if sales else (),
        notes=shared.unconverted(reader, sales.unconverted) if sales else (),
        parts=list(_parts(report, reader)),
        compared=shared.compared_with(reader, report.first_day, report.last_day),
        empty=reader.gettext("There were no orders in this time."),
    )


def _figures(sales: Sales, reader: Reader) -> list[KeyFigure]:
    now, before, currency = sales.totals, sales.previous, sales.currency
    compared, then = shared.Comparing(currency), before or Totals()
    return [
        compared.money(reader.gettext("Revenue"), now.revenue, then.revenue),
        compared.number(reader.gettext("Orders"), now.orders, then.orders),
        compared.number(reader.gettext("Items"), now.items, then.items),
        compared.money(reader.gettext("Average order"), _average(now), _average(then)),
        compared.money(reader.gettext("Refunded"), now.refunded, then.refunded, more_is="bad"),
        compared.money(reader.gettext("Net"), now.net, then.net),
    ]


def _average(totals: Totals) -> int:
    return round(totals.revenue / totals.orders) if totals.orders else 0


def _parts(report: DailySales, reader: Reader) -> Iterable[Part]:
    sales = report.sales
    sold = sales is not None and any(day.totals != Totals() for day in sales.days)
    if sales and sold:
        by_day = _by_day(report, sales, reader)
        yield from _times(report, sales, by_day, reader)
    yield from _currencies(report, reader)
    if sales and sold:
        yield _products(sales, reader), _countries(sales, reader)
        yield by_day


def _times(report: DailySales, sales: Sales, by_day: Table, reader: Reader) -> Iterable[Part]:
    if report.first_day != report.last_day:
        yield _chart(report, sales, by_day, reader)
    yield from _hours(report, sales, reader)


def _chart(report: DailySales, sales: Sales, by_day: Table, reader: Reader) -> Chart:
    values = [(day.day, day.totals.revenue) for day in sales.days]
    points = shared.over_time(reader, report.first_day, report.last_day, values)
    return Chart(reader.gettext("Revenue over time"), points, "money", sales.currency, of=by_day, at=3)


def _by_day(report: DailySales, sales: Sales, reader: Reader) -> Table:
    of_days = {day.day: day.totals for day in sales.days}
    if (report.last_day - report.first_day).days < MOST_EMPTY_DAYS:
        of_days = {day: of_days.get(day, Totals()) for day in shared.days(report.first_day, report.last_day)}
    return Table(
        reader.gettext("By day"),
        [Column(reader.gettext("Day"), "day"), *_total_columns(sales.currency, reader)],
        [(day, *_totals(totals)) for day, totals in sorted(of_days.items())],
    )


def _total_columns(currency: str, reader: Reader) -> list[Column]:
    return [
        Column(reader.gettext("Orders"), "number", summed=True),
        Column(reader.gettext("Items"), "number", summed=True),
        Column(reader.gettext("Revenue"), "money", currency, summed=True),
        Column(reader.gettext("Cancelled"), "money", currency, summed=True),
        Column(reader.gettext("Refunded"), "money", currency, summed=True),
        Column(reader.gettext("Net"), "money", currency, summed=True),
    ]


def _totals(of: Totals) -> Sequence[Value]:
    return of.orders, of.items, of.revenue, of.cancelled_revenue, of.refunded, of.net


def _hours(report: DailySales, sales: Sales, reader: Reader) -> Iterable[Part]:
    if not sales.hours:
        return
    if report.first_day == report.last_day:
        yield _hours_of_a_day(sales, reader)
    else:
        yield _week(sales.hours, reader)


def _hours_of_a_day(sales: Sales, reader: Reader) -> Chart:
    found = Counter[int]()
    for hour in sales.hours:
        found[hour.hour] += hour.revenue
    points = [(str(hour), found[hour]) for hour in range(24)]
    columns = [
        Column(reader.gettext("Hour, UTC"), "code"),
        Column(reader.gettext("Revenue"), "money", sales.currency, summed=True),
    ]
    table = Table(reader.gettext("By hour"), columns, [(f"{hour:02}:00", found[hour]) for hour in range(24)])
    return Chart(reader.gettext("Revenue by hour, UTC"), points, "money", sales.currency, of=table, at=1)


def _week(hours: Sequence[Hour], reader: Reader) -> Heat:
    found = Counter[tuple[int, int]]()
    for hour in hours:
        found[hour.day.weekday(), hour.hour] += hour.orders
    return Heat(
        reader.gettext("When people order: orders by hour, UTC"),
        [reader.weekday(number) for number in range(7)],
        [str(hour) for hour in range(24)],
        [[found[weekday, hour] for hour in range(24)] for weekday in range(7)],
    )


def _products(sales: Sales, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Product"), width=3),
        Column(reader.gettext("Items"), "number"),
        Column(reader.gettext("Revenue"), "money", sales.currency),
    ]
    rows = [(one_line(each.name or each.sku), each.items, each.revenue) for each in sales.products]
    return Table(reader.gettext("Best products"), columns, rows, bar=2)


def _countries(sales: Sales, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Country"), width=3),
        Column(reader.gettext("Orders"), "number"),
        Column(reader.gettext("Revenue"), "money", sales.currency),
        Column(reader.gettext("Share"), "share"),
    ]
    whole = sales.totals.revenue
    rows = [
        (_country(each.code, reader), each.orders, each.revenue, ratio(each.revenue, whole))
        for each in sales.countries
    ]
    return Table(reader.gettext("Countries"), columns, rows, bar=2)


def _country(code: str, reader: Reader) -> str:
    return one_line(reader.country(code)) if code else reader.gettext("Not known")


def _currencies(report: DailySales, reader: Reader) -> list[Table]:
    """What was paid in, as it was paid."""
    columns = [
        Column(reader.gettext("Currency"), "code", width=3),
        Column(reader.gettext("Orders"), "number", summed=True),
        Column(reader.gettext("Items"), "number", summed=True),
        Column(reader.gettext("Revenue"), "money"),
    ]
    rows = [(of.currency, of.orders, of.items, Money(of.revenue, of.currency)) for of in report.paid]
    return [Table(reader.gettext("As it was paid, by currency"), columns, rows)] if rows else []
