"""Product performance: what sells, how much of all it is, and where it goes."""

from collections.abc import Iterable, Sequence
from heapq import nlargest, nsmallest

from reports.documents.kinds.amounts import change, ratio
from reports.documents.kinds.product_performance import Product, ProductPerformance
from reports.documents.pages import shared
from reports.documents.pages.layout import Column, KeyFigure, Page, Part, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title

BEST = 8
"""Products that are shown by name before the list of all."""


def page(report: ProductPerformance, reader: Reader) -> Page:
    return Page(
        title=title(report.KIND, reader),
        subtitle=shared.subtitle(reader, report.first_day, report.last_day),
        currency=shared.in_currency(reader, report.currency),
        figures=_figures(report, reader),
        notes=shared.unconverted(reader, report.unconverted),
        parts=list(_parts(report, reader)),
        compared=shared.compared_with(reader, report.first_day, report.last_day),
        empty=reader.gettext("Nothing was sold in this time."),
    )


def _figures(report: ProductPerformance, reader: Reader) -> list[KeyFigure]:
    compared = shared.Comparing(report.currency)
    revenue = sum(each.previous_revenue for each in report.products)
    items = sum(each.previous_items for each in report.products)
    sold = sum(1 for each in report.products if each.items)
    before = sum(1 for each in report.products if each.previous_items)
    return [
        compared.money(reader.gettext("Revenue"), report.revenue, revenue),
        compared.number(reader.gettext("Items"), report.items, items),
        compared.number(reader.gettext("Products sold"), sold, before),
        KeyFigure(reader.gettext("Best ten, of revenue"), _best_ten(report), "share"),
    ]


def _best_ten(report: ProductPerformance) -> float | None:
    return ratio(sum(each.revenue for each in report.products[:10]), report.revenue)


def _parts(report: ProductPerformance, reader: Reader) -> Iterable[Part]:
    if not report.products:
        return
    if len(report.products) > BEST:
        yield _moved(report, reader, down=False), _moved(report, reader, down=True)
    yield _best(report, reader)
    yield _all(report, reader)


def _best(report: ProductPerformance, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Product"), width=3),
        Column(reader.gettext("In this time"), "trend"),
        Column(reader.gettext("Items"), "number"),
        Column(reader.gettext("Revenue"), "money", report.currency),
        Column(reader.gettext("Share"), "share"),
    ]
    rows = [
        (_name(each), tuple(each.trend), each.items, each.revenue, ratio(each.revenue, report.revenue))
        for each in report.products[:BEST]
    ]
    return Table(reader.gettext("Best products"), columns, rows, bar=3)


def _moved(report: ProductPerformance, reader: Reader, *, down: bool) -> Table:
    """Those whose revenue has changed most, in money: by percents, the smallest would come first."""
    title = reader.gettext("Falling most") if down else reader.gettext("Growing most")
    columns = [
        Column(reader.gettext("Product"), width=3),
        Column(reader.gettext("Change"), "money", report.currency),
    ]
    first = nsmallest if down else nlargest
    found = ((each, _moved_by(each)) for each in first(5, report.products, key=_moved_by))
    rows = [(_name(each), by) for each, by in found if by and (by < 0) == down]
    return Table(title, columns, rows)


def _moved_by(product: Product) -> int:
    return product.revenue - product.previous_revenue


def _all(report: ProductPerformance, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Product"), width=3),
        Column(reader.gettext("SKU"), "code", width=1.3),
        Column(reader.gettext("Orders"), "number"),
        Column(reader.gettext("Items"), "number", summed=True),
        Column(reader.gettext("Revenue"), "money", report.currency, summed=True),
        Column(reader.gettext("Share"), "share"),
        Column(reader.gettext("Change"), "change"),
    ]
    whole = report.revenue
    return Table(reader.gettext("All products"), columns, [_row(each, whole) for each in report.products])


def _row(product: Product, whole: int) -> Sequence[Value]:
    return (
        _name(product),
        one_line(product.sku),
        product.orders,
        product.items,
        product.revenue,
        ratio(product.revenue, whole),
        change(product.revenue, product.previous_revenue),
    )


def _name(product: Product) -> str:
    return one_line(product.name) or one_line(product.sku)
