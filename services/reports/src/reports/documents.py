"""Reports as documents: figures in, bytes out. The same figures are the same bytes."""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from mesh import Reject
from reports.domain import Figures

MEDIA = {"json": "application/json", "csv": "text/csv"}
_MADE = {"daily_sales": ("json", "csv")}
"""What this build can make: the contract knows more."""


@dataclass(frozen=True, slots=True)
class DailySales:
    """What was sold on each day, in each currency. Amounts are in minor units, as in the API."""

    first_day: date
    last_day: date
    figures: Sequence[Figures]
    """By day and currency. Days without orders have none."""

    @property
    def name(self) -> str:
        """Without what says its format."""
        return f"daily-sales-{self.first_day}-{self.last_day}"


def refuse_unmade(kind: str, format: str) -> None:
    """Raises Reject for what this build cannot make."""
    if format not in _MADE.get(kind, ()):
        there_are = ", ".join(f"{kind} as {' or '.join(formats)}" for kind, formats in _MADE.items())
        raise Reject(f"no report {kind} is made as {format} by this build: there are {there_are}")


def written(report: DailySales, format: str) -> bytes:
    return _WRITERS[format](report).encode()


def _json(report: DailySales) -> str:
    said = {
        "report": "daily_sales",
        "first_day": report.first_day,
        "last_day": report.last_day,
        "days": [asdict(figures) for figures in report.figures],
        "totals": _totals(report.figures),
    }
    return json.dumps(said, indent=2, default=str) + "\n"


def _csv(report: DailySales) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(Figures)])
    table.writeheader()
    table.writerows(map(asdict, report.figures))
    return text.getvalue()


def _totals(all: Sequence[Figures]) -> list[dict[str, Any]]:
    """Of each currency."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for figures in all:
        sums[figures.currency].update(orders=figures.orders, items=figures.items, revenue=figures.revenue)
    return [{"currency": currency, **sums[currency]} for currency in sorted(sums)]


_WRITERS: dict[str, Callable[[DailySales], str]] = {"json": _json, "csv": _csv}
