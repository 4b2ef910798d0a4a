"""From figures to what a report tells: in sections, each of which may be gathered by another worker.

A section is some of the fields of its kind. It is laid aside as JSON until all of them are there; so what
is assembled of them does not say which of them were ever JSON.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from contracts.reports import MakeReport, ReportFormat, ReportKind
from mesh import Reject, Tx
from reports.documents import CustomerStatement, DailySales, Operations, ProductPerformance, Refunds, Report
from reports.documents.kinds import Account, Entry
from reports.domain import Figures
from reports.store import told
from reports.store.told import Of
from reports.usecases import operating

Fields = dict[str, Any]
_BEST = 10
"""Products that the daily sales show."""
_REASONS = 12
"""Of refunds, for which most was paid back."""
_LISTED = 1_000
"""Refunds of a PDF: twenty pages. Sheets and data have all of them."""
_WEEKS = 45
"""Days, beyond which a trend goes by weeks."""


class Want(NamedTuple):
    """What is to be told."""

    kind: ReportKind
    of: Of
    customer: str | None = None
    currency: str = ""
    """Of the report, where its kind has one."""
    format: ReportFormat = "json"
    """What it becomes."""


def wanted(by: MakeReport, currency: str) -> Want:
    """What somebody asked for."""
    return Want(by.kind, Of(by.account, by.first_day, by.last_day), by.customer, currency, by.format)


def sections(kind: ReportKind) -> tuple[str, ...]:
    """Those that a report of that kind has."""
    return tuple(_SECTIONS[kind])


def section(name: str, want: Want, tx: Tx) -> Fields:
    """One of them. Raises Reject for what nobody can tell."""
    if name not in sections(want.kind):
        raise Reject(f"a report of {want.kind} has no section {name!r} in this build")
    return _SECTIONS[want.kind][name](tx, want)


def report(want: Want, tx: Tx) -> Report:
    """All of it at once. Raises Reject."""
    return assembled(want, (section(name, want, tx) for name in sections(want.kind)))


def assembled(want: Want, found: Iterable[Fields]) -> Report:
    """The report that these sections make."""
    told = {name: value for fields in found for name, value in fields.items()}
    days = {"first_day": want.of.first, "last_day": want.of.last}
    if want.kind == "daily_sales":
        told = {"figures": told.pop("figures"), "sales": {"currency": want.currency, **told}}
    elif want.kind in ("product_performance", "refunds"):
        told["currency"] = want.currency
    return _reader(want.kind).validate_python(days | told)


def laid_aside(fields: Fields) -> bytes:
    """A section as JSON."""
    return to_json(fields)


def taken_up(laid: bytes) -> Fields:
    """Such a section."""
    fields: Fields = from_json(laid)
    return fields


def sales(day: date, tx: Tx) -> list[Figures]:
    """The figures of a UTC day, one for each currency."""
    return told.by_currency(tx, Of(None, day, day))


def _days(tx: Tx, want: Want) -> Fields:
    of = want.of
    return {
        "figures": told.by_currency(tx, of),
        "days": told.days(tx, of),
        "previous": told.total(tx, of.before),
        "unconverted": told.unconverted(tx, of),
    }


def _hours(tx: Tx, want: Want) -> Fields:
    return {"hours": told.hours(tx, want.of)}


def _best(tx: Tx, want: Want) -> Fields:
    return {"products": told.best_products(tx, want.of, _BEST)}


def _countries(tx: Tx, want: Want) -> Fields:
    return {"countries": told.countries(tx, want.of)}


def _products(tx: Tx, want: Want) -> Fields:
    of = want.of
    step = 1 if (of.last - of.first).days < _WEEKS else 7
    return {"products": told.products(tx, of, step)}


def _unconverted(tx: Tx, want: Want) -> Fields:
    return {"unconverted": told.unconverted(tx, want.of)}


def _refunds(tx: Tx, want: Want) -> Fields:
    of, days = want.of, told.refund_days(tx, want.of)
    all = want.format != "pdf" or sum(day.refunds for day in days) <= _LISTED
    return {
        "days": days,
        "reasons": told.reasons(tx, of, _REASONS),
        "refunds": told.refunds(tx, of) if all else told.largest_refunds(tx, of, _LISTED),
        "waited": told.waited(tx, of),
        "unconverted": told.unconverted_refunds(tx, of),
    }


def _sold(tx: Tx, want: Want) -> Fields:
    sold, before = told.total(tx, want.of), told.total(tx, want.of.before)
    return {
        "orders": sold.orders if sold else 0,
        "revenue": sold.revenue if sold else 0,
        "previous_refunds": before.refunds if before else None,
        "previous_refunded": before.refunded if before else None,
    }


def _accounts(tx: Tx, want: Want) -> Fields:
    if want.customer is None:
        raise Reject("a statement is somebody's: it has to say which customer's")
    found = told.customer(tx, want.of.account, want.customer)
    if found is None:
        raise Reject("no customer has this address: nothing was ever ordered with it")
    ids, customer = found
    entries = sorted(told.entries(tx, ids, want.of.last), key=lambda each: each[0])
    accounts = [
        _account(currency, [entry for _, entry in all], want.of.first)
        for currency, all in groupby(entries, key=lambda each: each[0])
    ]
    return {"customer": customer, "accounts": accounts}


def _operations(tx: Tx, want: Want) -> Fields:
    return operating.told(tx, want.of)


def _account(currency: str, entries: Sequence[Entry], first: date) -> Account:
    before = [e for e in entries if e.at.astimezone(UTC).date() < first]
    opening = sum(e.charged - e.paid for e in before)
    return Account(currency, opening, entries[len(before) :])


_SECTIONS: Mapping[ReportKind, Mapping[str, Callable[[Tx, Want], Fields]]] = {
    "daily_sales": {"days": _days, "hours": _hours, "products": _best, "countries": _countries},
    "product_performance": {"products": _products, "unconverted": _unconverted},
    "refunds": {"refunds": _refunds, "sales": _sold},
    "customer_statement": {"accounts": _accounts},
    "operations": {"flow": _operations},
}
_KINDS: Mapping[ReportKind, type[Report]] = {
    "daily_sales": DailySales,
    "product_performance": ProductPerformance,
    "refunds": Refunds,
    "customer_statement": CustomerStatement,
    "operations": Operations,
}


@cache  # making one takes milliseconds, and there are five
def _reader(kind: ReportKind) -> TypeAdapter[Report]:
    return TypeAdapter(_KINDS[kind])
