"""Numbers as Babel writes them, and how wide they are in the font."""

from string import ascii_uppercase

import pytest
from babel import Locale, localedata
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from reports.documents.kinds.amounts import major
from reports.documents.numbers import any_size, numbers
from reports.documents.pdf.scales import scale
from reports.documents.pdf.widths import blanks, cut, of_figures, of_words
from reports.documents.readers import reader

LOCALES = sorted({name for name in localedata.locale_identifiers() if len(name) <= 5})


@given(minor=st.integers(-(10**40), 10**40), places=st.integers(0, 3), locale=st.sampled_from(LOCALES))
def test_numbers_are_babels(minor: int, places: int, locale: str) -> None:
    ours = numbers(locale)
    assert ours.written(minor, places) == ours.by_babel(minor, places)
    if abs(minor) < 10**20:
        assert ours.written(minor, 0) == format_decimal(minor, locale=locale)


@pytest.mark.parametrize("locale", ["en", "ru", "de", "fr", "tr", "eu", "he"])
def test_percents_are_babels(locale: str) -> None:
    for part in (0, 0.123, 1, -0.5, 12.3456):
        pattern = format_percent(1, locale=locale).replace("100", "{}")
        assert numbers(locale).share(part) == pattern.format(numbers(locale).written(round(part * 1000), 1))


@pytest.mark.parametrize("locale", LOCALES)
def test_durations_are_babels(locale: str) -> None:
    whole, *_ = Locale.parse(locale).decimal_formats[None].pattern.partition(".")
    for microseconds in (0, 49, 50, 150, 250, -1250, 99_950, 99_951, 100_000, 100_500, 1_234_501_500, 10**30):
        pattern = f"{whole}.0" if abs(microseconds) < 100_000 else whole
        with any_size():
            wanted = format_decimal(major(microseconds, 3), pattern, locale=locale)
        assert reader(locale).duration(microseconds) == wanted


@pytest.mark.parametrize(
    ("currency", "written"),
    [
        ("EUR", "1,234.56"),
        ("JPY", "123,456"),
        ("KWD", "123.456"),
        ("RSD", "1,234.56"),  # nobody has its hundredths in their purse, and all amounts are in them
        ("IQD", "123.456"),
        ("CLF", "12.3456"),
        ("ZZZ", "1,234.56"),
    ],
)
def test_minor_units_are_the_currencys(currency: str, written: str) -> None:
    assert reader("en").amount(123456, currency) == written
    assert reader("en").money(123456, currency).lstrip(f"€¥{ascii_uppercase}\xa0") == written


@pytest.mark.parametrize("locale", LOCALES)
def test_money_is_babels(locale: str) -> None:
    for minor in (123456, -5, 0, 10**12):
        assert reader(locale).money(minor, "EUR") == format_currency(major(minor, 2), "EUR", locale=locale)
        assert reader(locale).money(minor, "JPY") == format_currency(minor, "JPY", locale=locale)


@given(numbers=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6))
def test_figures_are_filled_up_to_one_width(numbers: list[int]) -> None:
    texts = [f"{number:,}" for number in numbers]
    widths = [of_figures(text) or 0 for text in texts]
    filled = [blanks(max(widths) - width).replace("\u2007", "0").replace("\u2008", ".") for width in widths]
    ends = [(of_figures(blank) or 0) + width for blank, width in zip(filled, widths, strict=True)]
    assert max(ends) - min(ends) <= 2048 / 20


@given(text=st.text(max_size=200), width=st.integers(0, 60_000))
def test_what_is_cut_fits(text: str, width: int) -> None:
    assert cut(text, width) == text or of_words(cut(text, width)) <= max(width, 2048) + 2100


@given(values=st.lists(st.integers(-(10**30), 10**30), max_size=8))
def test_an_axis_holds_all_values_and_nothing(values: list[int]) -> None:
    axis = scale(values)
    assert 0 in axis.ticks
    assert 2 <= len(axis.ticks) <= 7
    assert all(0 <= axis.part(value) <= 1 for value in values)
