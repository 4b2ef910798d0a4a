"""JSON: all figures of a report, exactly, for programs. The names of its fields are a public format."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from reports.documents.kinds import (
    Account,
    CustomerStatement,
    DailySales,
    Operations,
    ProductPerformance,
    Refunds,
    Report,
    Totals,
)
from reports.domain import Figures

FIGURES = ("day", "currency", "orders", "items", "revenue")
"""What the orders API tells of a day in a currency, whatever else its figures come to have."""


def pieces(report: Report) -> Iterator[str]:
    said = {"report": report.KIND, "first_day": report.first_day, "last_day": report.last_day, **_of(report)}
    yield from json.JSONEncoder(indent=2, default=_plain).iterencode(said)
    yield "\n"


def _of(report: Report) -> Mapping[str, Any]:
    match report:
        case DailySales():
            sales = (
                {"sales": {"totals": report.sales.totals, **_fields(report.sales)}} if report.sales else {}
            )
            return {"days": _days(report.figures), "totals": report.paid, **sales}
        case ProductPerformance():
            totals = {"items": report.items, "revenue": report.revenue}
            return {"currency": report.currency, "totals": totals, **_fields(report)}
        case Refunds():
            totals = {"refunds": report.count, "refunded": report.refunded}
            return {"currency": report.currency, "totals": totals, **_fields(report)}
        case CustomerStatement() | Operations():
            return _fields(report)


def _plain(value: Any) -> Any:
    """What JSON does not have."""
    match value:
        case Totals():
            return {**_fields(value), "net": value.net}
        case Account():
            sums = {"charged": value.charged, "paid": value.paid, "closing": value.closing}
            return {"currency": value.currency, "opening": value.opening, **sums, "entries": value.entries}
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _ if is_dataclass(value):
            return _fields(value)
    raise TypeError(f"{type(value).__name__} is nothing that a report is made of")


def _fields(of: Any) -> dict[str, Any]:
    return {field.name: getattr(of, field.name) for field in fields(of)}


def _days(all: Sequence[Figures]) -> list[dict[str, Any]]:
    return [{name: getattr(figures, name) for name in FIGURES} for figures in all]
