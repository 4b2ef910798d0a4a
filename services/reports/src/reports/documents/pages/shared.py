"""What several kinds say alike."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from reports.documents.kinds.amounts import Unconverted, change
from reports.documents.pages.layout import Form, KeyFigure, Mood
from reports.documents.readers import Reader

MOST_POINTS = 62
"""Of a chart: two months of days."""


def subtitle(reader: Reader, first: date, last: date, *more: str) -> str:
    said = " · ".join([*filter(None, more), reader.period(first, last)])
    return said[0].upper() + said[1:]


def compared_with(reader: Reader, first: date, last: date) -> str:
    """What the changes of the key figures are to."""
    try:
        before = first - (last - first) - timedelta(1), first - timedelta(1)
    except OverflowError:  # there is no such day
        return ""
    return reader.gettext("Compared with %(period)s", period=reader.period(*before))


def in_currency(reader: Reader, currency: str) -> str:
    return reader.gettext("Amounts in %(currency)s", currency=currency)


def unconverted(reader: Reader, left_out: Sequence[Unconverted]) -> list[str]:
    """One sentence for each currency without a rate."""
    return [
        reader.ngettext(
            "%(number)s order in %(currency)s is not in these figures: there is no rate (%(amount)s).",
            "%(number)s orders in %(currency)s are not in these figures: there is no rate (%(amount)s).",
            each.count,
            currency=each.currency,
            amount=reader.money(each.amount, each.currency),
        )
        for each in left_out
    ]


def left_out(reader: Reader, lines: int) -> str:
    """Of a table that is longer than a format has room for."""
    return reader.ngettext(
        "%(number)s line more is in the CSV and JSON of this report.",
        "%(number)s lines more are in the CSV and JSON of this report.",
        lines,
    )


class Comparing:
    """Key figures beside those of the period before: None or 0 where nobody knows them."""

    def __init__(self, currency: str = "") -> None:
        self._currency = currency

    def number(self, label: str, now: int, before: int | None, more_is: Mood = "good") -> KeyFigure:
        return self._figure(label, now, before, "number", more_is)

    def money(self, label: str, now: int, before: int | None, more_is: Mood = "good") -> KeyFigure:
        return self._figure(label, now, before, "money", more_is)

    def duration(self, label: str, now: int | None, before: int | None) -> KeyFigure:
        """Microseconds: the less, the better."""
        return self._figure(label, now, before, "duration", "bad")

    def _figure(
        self, label: str, now: int | None, before: int | None, form: Form, more_is: Mood
    ) -> KeyFigure:
        by = None if now is None else change(now, before)
        currency = self._currency if form == "money" else ""
        return KeyFigure(label, now, form, currency, by, _mood(by, more_is))


def _mood(by: float | None, more_is: Mood) -> Mood:
    if not by:
        return ""
    return more_is if by > 0 else "bad" if more_is == "good" else "good"


def days(first: date, last: date) -> Iterator[date]:
    """All of them, both included."""
    return (first + timedelta(number) for number in range((last - first).days + 1))


def over_time(
    reader: Reader, first: date, last: date, values: Iterable[tuple[date, int]]
) -> list[tuple[str, int]]:
    """The points of a chart: by day, or by month where days would be too many."""
    found = list(values)
    if (last - first).days < MOST_POINTS:
        of_days = _summed(found)
        return [(_label(reader, first, day), of_days.get(day, 0)) for day in days(first, last)]
    of_months = _summed((day.replace(day=1), value) for day, value in found)
    return [(reader.skeleton("yMMM", month), of_months.get(month, 0)) for month in _months(first, last)]


def _months(first: date, last: date) -> Iterator[date]:
    """Their first days, of as many as a chart has room for: the last ones."""
    begin, end = (12 * day.year + day.month - 1 for day in (first, last))
    for number in range(max(begin, end - MOST_POINTS + 1), end + 1):
        year, month = divmod(number, 12)
        yield date(year, month + 1, 1)


def _summed(values: Iterable[tuple[date, int]]) -> dict[date, int]:
    sums: dict[date, int] = {}
    for day, value in values:
        sums[day] = sums.get(day, 0) + value
    return sums


def _label(reader: Reader, first: date, day: date) -> str:
    """Its number, and below it the month where one begins."""
    month = f"\n{reader.skeleton('MMM', day)}" if day == first or day.day == 1 else ""
    return f"{day.day}{month}"
