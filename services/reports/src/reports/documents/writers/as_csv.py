"""CSV: the lines of a report for programs, and for people's spreadsheets.

UTF-8, commas and CRLF (RFC 4180), the same for every locale: names of columns as in JSON, amounts in minor
units, times in ISO 8601. Excel takes UTF-8 for something else without a mark in front of it, so there is one
where a line can hold what people wrote; `daily_sales`, which is older and plain ASCII, has none.

A spreadsheet takes text that begins with = + - @ for a formula, and runs it: such text gets an apostrophe in
front. JSON has it as it is.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

from reports.documents.kinds import (
    CustomerStatement,
    DailySales,
    Operations,
    ProductPerformance,
    Refunds,
    Report,
)
from reports.documents.writers.as_json import FIGURES

MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Also as Japanese keyboards write them, which Excel understands."""

_PRODUCT = ("sku", "name", "currency", "orders", "items", "revenue", "previous_items", "previous_revenue")
_ENTRY = ("at", "what", "order", "currency", "charged", "paid", "balance")
_REFUND = (
    "at",
    "ordered_at",
    "order",
    "customer",
    "reason",
    "currency",
    "amount",
    "original_currency",
    "original_amount",
)
_LINE = ("day", "service", "queue", "handled", "retried", "dead", "p50_us", "p95_us")

Rows = Iterable[Sequence[Any]]


class _Echo:
    """What csv writes into, and `writerow` returns."""

    def write(self, text: str) -> str:
        return text


def pieces(report: Report) -> Iterator[str]:
    if not isinstance(report, DailySales):
        yield MARK
    names, rows = _table(report)
    table = csv.writer(_Echo())
    for row in chain([names], rows):
        yield table.writerow([_cell(value) for value in row])


def _table(report: Report) -> tuple[Sequence[str], Rows]:
    match report:
        case DailySales():
            return FIGURES, ([getattr(of, name) for name in FIGURES] for of in report.figures)
        case ProductPerformance():
            return _PRODUCT, _products(report)
        case CustomerStatement():
            return _ENTRY, _entries(report)
        case Refunds():
            return _REFUND, _refunds(report)
        case Operations():
            return _LINE, _lines(report)


def _products(report: ProductPerformance) -> Rows:
    names = [name for name in _PRODUCT if name not in ("sku", "name", "currency")]
    for each in report.products:
        yield (each.sku, each.name, report.currency, *(getattr(each, name) for name in names))


def _entries(report: CustomerStatement) -> Rows:
    for account in report.accounts:
        for e, balance in zip(account.entries, account.balances, strict=True):
            yield e.at, e.what, e.order, account.currency, e.charged, e.paid, balance


def _refunds(report: Refunds) -> Rows:
    for e in report.refunds:
        said = (e.at, e.ordered_at, e.order, e.customer, e.reason)
        yield (*said, report.currency, e.amount, e.original.currency, e.original.minor)


def _lines(report: Operations) -> Rows:
    for line in report.lines:
        flow = line.flow
        times = (flow.p50, flow.p95)
        yield (line.day, line.service, line.queue, flow.handled, flow.retried, flow.dead, *times)


def _cell(value: Any) -> Any:
    """A cell that is what it was, and no formula."""
    match value:
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case None:
            return ""
        case _:
            return value
