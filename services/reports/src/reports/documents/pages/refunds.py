"""Refunds: how much, when, why, and each of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from heapq import nsmallest
from statistics import median_high

from reports.documents.kinds.amounts import ratio
from reports.documents.kinds.refunds import Refund, Refunds
from reports.documents.pages import shared
from reports.documents.pages.layout import Chart, Column, KeyFigure, Page, Part, Table, Value
from reports.documents.readers import Reader
from reports.documents.text import one_line
from reports.documents.titles import title

MOST_REASONS = 12


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
    compared, count = shared.Comparing(report.currency), len(report.refunds)
    waited = [max(0, (each.at - each.ordered_at).days) for each in report.refunds]
    return [
        compared.money(reader.gettext("Refunded"), report.refunded, report.previous_refunded, more_is="bad"),
        compared.number(reader.gettext("Refunds"), count, report.previous_refunds, more_is="bad"),
        KeyFigure(reader.gettext("Of revenue"), ratio(report.refunded, report.revenue), "share"),
        KeyFigure(reader.gettext("Of orders"), ratio(count, report.orders), "share"),
        KeyFigure(reader.gettext("Days after the order"), median_high(waited) if waited else None),
    ]


def _parts(report: Refunds, reader: Reader) -> Iterable[Part]:
    if not report.refunds:
        return
    by_day = _by_day(report, reader)
    if report.first_day != report.last_day:
        values = [(each.at.astimezone(UTC).date(), each.amount) for each in report.refunds]
        points = shared.over_time(reader, report.first_day, report.last_day, values)
        yield Chart(reader.gettext("Refunded over time"), points, "money", report.currency, of=by_day, at=2)
    yield _reasons(report, reader)
    yield _all(report, reader)


def _by_day(report: Refunds, reader: Reader) -> Table:
    counts, amounts = Counter[date](), Counter[date]()
    for each in report.refunds:
        day = each.at.astimezone(UTC).date()
        counts[day] += 1
        amounts[day] += each.amount
    columns = [
        Column(reader.gettext("Day"), "day"),
        Column(reader.gettext("Refunds"), "number", summed=True),
        Column(reader.gettext("Refunded"), "money", report.currency, summed=True),
    ]
    return Table(
        reader.gettext("By day"), columns, [(day, count, amounts[day]) for day, count in counts.items()]
    )


def _reasons(report: Refunds, reader: Reader) -> Table:
    counts, amounts = Counter[str](), Counter[str]()
    for each in report.refunds:
        reason = one_line(each.reason) or reader.gettext("No reason given")
        counts[reason] += 1
        amounts[reason] += each.amount
    best = nsmallest(MOST_REASONS, amounts, key=lambda reason: (-amounts[reason], reason))
    columns = [
        Column(reader.gettext("Reason"), width=3),
        Column(reader.gettext("Refunds"), "number"),
        Column(reader.gettext("Refunded"), "money", report.currency),
        Column(reader.gettext("Share"), "share"),
    ]
    whole = report.refunded
    rows = [(each, counts[each], amounts[each], ratio(amounts[each], whole)) for each in best]
    return Table(reader.gettext("Reasons"), columns, rows, bar=2)


def _all(report: Refunds, reader: Reader) -> Table:
    columns = [
        Column(reader.gettext("Time, UTC"), "moment"),
        Column(reader.gettext("Order"), "code"),
        Column(reader.gettext("Customer")),
        Column(reader.gettext("Reason"), width=1.2),
        Column(reader.gettext("As it was paid"), "money"),
        Column(reader.gettext("Refunded"), "money", report.currency, summed=True),
    ]
    return Table(reader.gettext("All refunds"), columns, [_row(each) for each in report.refunds])


def _row(refund: Refund) -> Sequence[Value]:
    order, customer, reason = one_line(refund.order), one_line(refund.customer), one_line(refund.reason)
    return refund.at, order, customer, reason, refund.original, refund.amount
