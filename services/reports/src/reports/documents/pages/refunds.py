"""Refunds: how much, when, why, and each of them, or the largest."""

from collections.abc import Iterable, Sequence

from reports.documents.kinds.amounts import ratio
from reports.documents.kinds.refunds import Refund, Refunds
from reports.documents.pages import shared
from reports.documents.pages.layout import Chart, Column, KeyFigure, Page, Part, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title


def page(report: Refunds, reader: Reader) -> Page:
    return Page(
        title=title(report.KIND, reader),
        subtitle=shared.subtitle(reader, report.first_day, report.last_day),
        currency=shared.in_currency(reader, report.currency),
        figures=_figures(report, reader),
        notes=_unconverted(report, reader),
        parts=list(_parts(report, reader)),
        compared=shared.compared_with(reader, report.first_day, report.last_day),
        empty=reader.gettext("Nothing was paid back in this time."),
    )


def _unconverted(report: Refunds, reader: Reader) -> list[str]:
    return [
        reader.ngettext(
            "%(number)s refund in %(currency)s is not in these figures: there is no rate (%(amount)s).",
            "%(number)s refunds in %(currency)s are not in these figures: there is no rate (%(amount)s).",
            each.count,
            currency=each.currency,
            amount=reader.money(each.amount, each.currency),
        )
        for each in report.unconverted
    ]


def _figures(report: Refunds, reader: Reader) -> list[KeyFigure]:
    compared, count = shared.Comparing(report.currency), report.count
    return [
        compared.money(reader.gettext("Refunded"), report.refunded, report.previous_refunded, more_is="bad"),
        compared.number(reader.gettext("Refunds"), count, report.previous_refunds, more_is="bad"),
        KeyFigure(reader.gettext("Of revenue"), ratio(report.refunded, report.revenue), "share"),
        KeyFigure(reader.gettext("Of orders"), ratio(count, report.orders), "share"),
        KeyFigure(reader.gettext("Days after the order"), report.waited),
    ]


def _parts(report: Refunds, reader: Reader) -> Iterable[Part]:
    if not report.days:
        return
    if report.first_day != report.last_day:
        values = [(each.day, each.refunded) for each in report.days]
        points = shared.over_time(reader, report.first_day, report.last_day, values)
        by_day = _by_day(report, reader)
        yield Chart(reader.gettext("Refunded over time"), points, "money", report.currency, of=by_day, at=2)
    yield _reasons(report, reader)
    yield _listed(report, reader)


def _by_day(report: Refunds, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Day"), "day"),
        Column(reader.gettext("Refunds"), "number", summed=True),
        Column(reader.gettext("Refunded"), "money", report.currency, summed=True),
    ]
    return Table(
        reader.gettext("By day"), columns, [(each.day, each.refunds, each.refunded) for each in report.days]
    )


def _reasons(report: Refunds, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Reason"), width=3),
        Column(reader.gettext("Refunds"), "number"),
        Column(reader.gettext("Refunded"), "money", report.currency),
        Column(reader.gettext("Share"), "share"),
    ]
    rows = [
        (
            one_line(each.reason) or reader.gettext("No reason given"),
            each.refunds,
            each.refunded,
            ratio(each.refunded, report.refunded),
        )
        for each in report.reasons
    ]
    return Table(reader.gettext("Reasons"), columns, rows, bar=2)


def _listed(report: Refunds, reader: Reader) -> Table:
    left_out = report.count - len(report.refunds)
    columns = [
        Column(reader.gettext("Time, UTC"), "moment"),
        Column(reader.gettext("Order"), "code"),
        Column(reader.gettext("Customer")),
        Column(reader.gettext("Reason"), width=1.2),
        Column(reader.gettext("As it was paid"), "money"),
        Column(reader.gettext("Refunded"), "money", report.currency, summed=not left_out),
    ]
    title = reader.gettext("The largest refunds") if left_out else reader.gettext("All refunds")
    return Table(title, columns, [_row(each) for each in report.refunds], more=left_out)


def _row(refund: Refund) -> Sequence[Value]:
    order, customer, reason = one_line(refund.order), one_line(refund.customer), one_line(refund.reason)
    return refund.at, order, customer, reason, refund.original, refund.amount
