"""Who reads a report: in which language, and how their locale writes money, dates and numbers."""

import gettext
import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_currency

from reports.documents.kinds.amounts import major
from reports.documents.numbers import any_size, numbers
from reports.domain import digits

ENGLISH = "en"
"""What the reports are written in, and what those read whose language has no catalog."""
LANGUAGES = (ENGLISH, "ru")


@dataclass(frozen=True, slots=True)
class Reader:
    locale: str
    """Babel's name for it: figures and dates are written as it does, whatever the language of the words."""
    language: str
    _words: gettext.NullTranslations = field(repr=False)

    def gettext(self, text: str, **values: str) -> str:
        """A sentence in the reader's language. `values` go where it says `%(name)s`."""
        return self._words.gettext(text) % values

    def ngettext(self, one: str, many: str, number: int, **values: str) -> str:
        """The same for what is counted, with the number as `%(number)s`."""
        return self._words.ngettext(one, many, number) % {"number": self.number(number), **values}

    def money(self, minor: int, currency: str) -> str:
        """With its currency: €1,234.50."""
        places = digits(currency)
        pattern = _money_pattern(self.locale, places)
        with any_size():
            return format_currency(
                major(minor, places), currency, pattern, self.locale, currency_digits=False
            )

    def amount(self, minor: int, currency: str) -> str:
        """Without it: 1,234.50, where the column says which currency it is."""
        return numbers(self.locale).written(minor, digits(currency))

    def number(self, number: int) -> str:
        return numbers(self.locale).written(number, 0)

    def compact(self, minor: int, currency: str) -> str:
        """For an axis: 12K. Without a currency, of a plain number."""
        value = major(minor, digits(currency) if currency else 0)
        with any_size():
            return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def share(self, part: float) -> str:
        """Of a whole: 12.3%."""
        return numbers(self.locale).share(part)

    def change(self, part: float) -> str:
        """By how much something grew: +12.3%."""
        return f"{'+' if part > 0 else ''}{numbers(self.locale).share(part)}"

    def duration(self, microseconds: int) -> str:
        """In milliseconds, with a decimal below 100."""
        places = 1 if abs(microseconds) < 100_000 else 0
        rounded = round(microseconds, places - 3)  # an integer, and exactly
        return numbers(self.locale).written(rounded // 10 ** (3 - places), places)

    def day(self, day: date) -> str:
        """For a row: Mar 7, 2026."""
        return _day(day, self.locale)

    def weekday(self, number: int) -> str:
        """Of Monday, which is 0: Mon."""
        return str(get_day_names("abbreviated", "stand-alone", self.locale)[number])

    def moment(self, at: datetime) -> str:
        """For a row, to the minute of UTC."""
        return _moment(at.astimezone(UTC).replace(second=0, microsecond=0), self.locale)

    def skeleton(self, parts: str, at: date) -> str:
        """Only these parts of a date, in the locale's order: `d`, `MMMd`, `yMMM`."""
        return format_skeleton(parts, at, locale=self.locale)

    def period(self, first: date, last: date) -> str:
        """March 2026; March 7, 2026; or from one day to another."""
        if _is_month(first, last):
            return self.skeleton("yMMMM", first)
        days = [format_date(day, "long", locale=self.locale) for day in dict.fromkeys((first, last))]
        return " – ".join(days)

    def country(self, code: str) -> str:
        """By its name; as its code where there is none."""
        name: str | None = Locale.parse(self.locale).territories.get(code.upper())
        return name or code


@lru_cache(maxsize=1024)
def reader(tag: str) -> Reader:
    """Whose locale is this BCP 47 tag, whatever it is: the language alone where the region is unknown."""
    locale = _locale(tag)
    language = locale.partition("_")[0]
    language = language if language in LANGUAGES else ENGLISH
    return Reader(locale, language, _catalog(language))


@cache
def _money_pattern(locale: str, places: int) -> str:
    """The locale's, with so many places: Babel's own are those of cash, such as none for RSD."""
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return re.sub(r"0\.0+", f"0.{'0' * places}" if places else "0", pattern)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    """Read from what translators edit: some milliseconds, once, for a file less to keep in step."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with files("reports").joinpath(f"locale/{language}/LC_MESSAGES/reports.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _locale(tag: str) -> str:
    """Babel's name for a tag; the language alone where the region is unknown; else English."""
    for known in (tag, tag.replace("_", "-").partition("-")[0]):
        try:
            return str(Locale.parse(known.replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            continue
    return ENGLISH


def _is_month(first: date, last: date) -> bool:
    """A whole one."""
    ends = monthrange(last.year, last.month)[1]
    return (first.year, first.month, first.day, ends) == (last.year, last.month, 1, last.day)


@lru_cache(maxsize=1024)
def _day(day: date, locale: str) -> str:
    return format_date(day, "medium", locale=locale)


@lru_cache(maxsize=8192)
def _moment(at: datetime, locale: str) -> str:
    return format_datetime(at, "short", tzinfo=UTC, locale=locale)
