"""How values stand in cells: as numbers and dates, in the formats of their currency; text is no formula."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from math import isfinite
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.documents.kinds.amounts import Money, major
from reports.documents.pages.layout import Column, Form, Value
from reports.domain import digits

INK, MUTED, LINE, PAPER = "#22252B", "#666B75", "#D9D4C8", "#F3F1EC"
CALM, GOOD, BAD = "#2F5D8A", "#2C6E49", "#A3402F"
FONT = "Calibri"

DIGITS = 15
"""Of a number: more a spreadsheet does not keep."""
_FIRST = date(1900, 3, 1)
"""Spreadsheets know no earlier day, or take it for another."""
_PLAIN: dict[Form, str | int] = {
    "number": "#,##0",
    "share": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "duration": "#,##0.0",
    "day": 14,  # as the reader's own settings write a date
    "moment": 22,  # and a time
    "text": 0,
    "code": 0,
    "trend": 0,
}


class Formats:
    """Those of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._made = cache(lambda items: book.add_format(dict(items)))

    def __call__(self, **properties: Any) -> Any:
        return self._made(tuple(sorted({"font_name": FONT, "font_color": INK, **properties}.items())))


def plain_format(form: Form, currency: str) -> str | int:
    """Which writes nothing as 0."""
    if form != "money":
        return _PLAIN[form]
    return f"#,##0.{'0' * digits(currency)}" if digits(currency) else "#,##0"


def num_format(form: Form, currency: str) -> str | int:
    """Of a cell: where there is nothing, it has a dash."""
    plain = plain_format(form, currency)
    return f'{plain};-{plain};"–"' if form in ("number", "money") else plain


class Cells:
    """Writes values into a sheet."""

    def __init__(self, sheet: Worksheet, formats: Formats) -> None:
        self._sheet, self._formats = sheet, formats
        self.rounded = False
        """Whether a number had more digits than a spreadsheet keeps."""

    def put(self, row: int, at: int, value: Value, column: Column, looks: Mapping[str, Any]) -> None:
        currency = value.currency if isinstance(value, Money) else column.currency
        side = {"align": "left"} if column.is_left else {}
        format = self._formats(**side, **looks, num_format=_shown(value, column, currency))
        stored = self._stored(value, column.form, currency)
        if stored is None:
            self._sheet.write_blank(row, at, None, format)
        elif isinstance(stored, str):
            self._sheet.write_string(row, at, stored, format)
        else:
            self._sheet.write_number(row, at, stored, format)

    def put_formula(  # noqa: PLR0917  # as `put`, with a formula
        self, row: int, at: int, formula: str, value: Value, column: Column, looks: Mapping[str, Any]
    ) -> None:
        """With its value, for those that do not reckon."""
        format = self._formats(**looks, num_format=num_format(column.form, column.currency))
        stored = self._stored(value, column.form, column.currency)
        if isinstance(stored, str):  # beyond all numbers: its cells are text, and add up to nothing
            self._sheet.write_string(row, at, stored, format)
        else:
            self._sheet.write_formula(row, at, formula, format, stored)

    def _stored(self, value: Value, form: Form, currency: str) -> str | float | None:
        """As a cell holds it."""
        match value:
            case Money():
                return self._number(value.minor, digits(value.currency))
            case int():
                return self._number(value, _places(form, currency))
            case float():
                return value
            case date():
                return _day_number(value)
            case tuple():
                return None
            case _:
                return value

    def _number(self, minor: int, places: int) -> float | str:
        self.rounded |= len(str(abs(minor))) > DIGITS
        exact = major(minor, places)
        return number if isfinite(number := float(exact)) else f"{exact:f}"


def _places(form: Form, currency: str) -> int:
    return {"money": digits(currency), "duration": 3}.get(form, 0)


def _shown(value: Value, column: Column, currency: str) -> str | int:
    if isinstance(value, Money):  # of whatever currency: it says which
        return f'{plain_format("money", currency)} "{currency}"'
    return num_format(column.form, currency)


def _day_number(value: date) -> float | str:
    """Days since 1900, as spreadsheets count: of UTC, which they have no word for."""
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    if day < _FIRST:
        return day.isoformat()
    whole = (day - date(1899, 12, 30)).days
    if not isinstance(value, datetime):
        return whole
    at = value.astimezone(UTC)
    return whole + (at.hour * 60 + at.minute) / 1440
