"""Values as text, in a reader's locale."""

from datetime import date, datetime

from reports.documents.kinds.amounts import Money
from reports.documents.pages.layout import Column, Form, KeyFigure, Value
from reports.documents.readers import Reader

NOTHING = "\u2013"
"""Where there is no value, and for amounts of nothing: what is there stands out."""


class Values:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.total = reader.gettext("Total")

    def cell(self, value: Value, column: Column) -> str:
        """In a table: without the currency, which the head of the column says."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return _figure(self._number(value, column.form, column.currency))
        return self._other(value)

    def _other(self, value: Value) -> str:
        match value:
            case Money():
                return f"{value.currency}\u00a0{_figure(self._reader.amount(value.minor, value.currency))}"
            case datetime():
                return self._reader.moment(value).replace("\u202f", "\u00a0")
            case date():
                return self._reader.day(value)
        return ""

    def figure(self, figure: KeyFigure) -> str:
        """By itself: with its currency."""
        if figure.value is None:
            return NOTHING
        if figure.form == "money" and isinstance(figure.value, int):
            return _figure(self._reader.money(figure.value, figure.currency))
        return self.cell(figure.value, Column("", figure.form, figure.currency)).replace(NOTHING, "0")

    def change(self, part: float) -> str:
        return _figure(self._reader.share(abs(part)))

    def _number(self, value: float, form: Form, currency: str) -> str:
        if not value and form in ("number", "money"):
            return NOTHING
        if form == "share":
            return self._reader.share(value)
        if form == "change":
            return self._reader.change(value)
        if form == "duration":
            return self._reader.duration(int(value))
        return (
            self._reader.amount(int(value), currency) if form == "money" else self._reader.number(int(value))
        )


def _figure(text: str) -> str:
    """With a real minus, without marks of direction, and with blanks that the font has in one width."""
    text = text.replace("\u202f", "\u00a0").replace("\u200e", "").replace("\u200f", "").replace("\u061c", "")
    return text.replace("-", "\u2212")
