"""Numbers as a locale writes them, many times as fast as Babel does: a report has tens of thousands."""

from contextlib import AbstractContextManager
from decimal import Context, localcontext
from functools import cache

from babel import Locale
from babel.numbers import (
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
    get_minus_sign_symbol,
)

from reports.documents.kinds.amounts import major


class Numbers:
    """Those of a locale. What it writes is what Babel does (tests compare)."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._group, self._minus = get_group_symbol(locale), get_minus_sign_symbol(locale)
        self._decimal = get_decimal_symbol(locale)
        before, _, after = format_percent(1, locale=locale).partition("100")
        self._percent = before, after
        self._plain = format_decimal(-1234567890, locale=locale) == self._in_threes(-1234567890, 0)

    def written(self, minor: int, digits: int) -> str:
        """An integer of minor units, of which so many digits stand behind the decimal sign."""
        return self._in_threes(minor, digits) if self._plain else self.by_babel(minor, digits)

    def by_babel(self, minor: int, digits: int) -> str:
        """The same, slowly."""
        pattern = Locale.parse(self._locale).decimal_formats[None].pattern.partition(".")[0]
        pattern = f"{pattern}.{'0' * digits}" if digits else pattern
        with any_size():
            return format_decimal(major(minor, digits), pattern, locale=self._locale)

    def share(self, part: float) -> str:
        """As percents, with a decimal."""
        before, after = self._percent
        return f"{before}{self.written(round(part * 1000), 1)}{after}"

    def _in_threes(self, minor: int, digits: int) -> str:
        whole, rest = divmod(abs(minor), 10**digits)
        text = f"{whole:,}".replace(",", self._group)
        behind = f"{self._decimal}{rest:0{digits}}" if digits else ""
        return f"{self._minus if minor < 0 else ''}{text}{behind}"


def any_size() -> AbstractContextManager[Context]:
    """For Babel, which rounds as the context says, and there are 28 digits otherwise."""
    return localcontext(prec=400)


@cache
def numbers(locale: str) -> Numbers:
    return Numbers(locale)
