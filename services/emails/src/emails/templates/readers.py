"""Who reads a mail: in which language, and how their locale writes money, dates, numbers and sizes."""

import gettext
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from emails.domain import DIGITS

ENGLISH = "en"
"""What the templates are written in, and what those read whose language has no catalog."""
LANGUAGES = (ENGLISH, "ru")

_SIZES = ("byte", "kilobyte", "megabyte", "gigabyte")


@dataclass(frozen=True, slots=True)
class Reader:
    locale: str
    """Babel's name for it: money and dates are written as it does, whatever the language of the words."""
    language: str
    _words: gettext.NullTranslations = field(repr=False)

    @property
    def tag(self) -> str:
        """Of the words, for HTML: a German reads English ones, and is to have them read out as English."""
        return self.locale.replace("_", "-") if self._is_own_language else self.language

    @property
    def _is_own_language(self) -> bool:
        return self.locale.partition("_")[0] == self.language

    def gettext(self, text: str, **values: str) -> str:
        """A sentence in the reader's language. `values` go where it says `%(name)s`."""
        return self._words.gettext(text) % values

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The same for what is counted, with the number as `%(number)s`."""
        return self._words.ngettext(one, many, number) % {"number": _number(number, self.locale)}

    def money(self, minor: int, currency: str) -> str:
        return _money(minor, currency, self.locale)

    def number(self, number: int) -> str:
        return _number(number, self.locale)

    def date(self, at: datetime) -> str:
        return _minute(at.astimezone(UTC).replace(second=0, microsecond=0), self.locale)

    def size(self, size: int) -> str:
        """Of a document of so many bytes."""
        power = min(len(str(abs(size))) - 1, 11) // 3
        shown = Decimal(size).scaleb(-3 * power)
        return format_unit(shown, f"digital-{_SIZES[power]}", "short", format="#,##0.#", locale=self.locale)


@lru_cache(maxsize=1024)
def reader(tag: str) -> Reader:
    """Whose locale is this BCP 47 tag, whatever it is: the language alone where the region is unknown."""
    locale = _locale(tag)
    language = locale.partition("_")[0]
    language = language if language in LANGUAGES else ENGLISH
    return Reader(locale, language, words(language))


@cache
def words(language: str) -> gettext.NullTranslations:
    """Its catalog, read from what translators edit: 5 ms, once, for a file less to keep in step."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with files("emails").joinpath(f"locale/{language}/LC_MESSAGES/emails.po").open("rb") as source:
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


@lru_cache(maxsize=8192)  # prices repeat, and formatting one costs 15 us
def _money(minor: int, currency: str, locale: str) -> str:
    places = DIGITS.get(currency, 2)
    pattern = _money_pattern(locale, places)
    return format_currency(Decimal(minor).scaleb(-places), currency, pattern, locale, currency_digits=False)


@cache
def _money_pattern(locale: str, places: int) -> str:
    """The locale's, with so many places: Babel's own are those of cash, such as none for RSD."""
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return re.sub(r"0\.0+", f"0.{'0' * places}" if places else "0", pattern)


@lru_cache(maxsize=1024)
def _number(number: int, locale: str) -> str:
    return format_decimal(number, locale=locale)


@lru_cache(maxsize=1024)  # many orders share a minute, and formatting one costs 17 us
def _minute(at: datetime, locale: str) -> str:
    return f"{format_date(at, 'long', locale=locale)}, {format_time(at, 'short', locale=locale)} UTC"
