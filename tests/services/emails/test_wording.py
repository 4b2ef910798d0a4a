"""In whose words a mail is written, and with whose numbers."""

import pytest

from emails.templates.readers import reader

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("tag", "locale", "language"),
    [
        ("ru", "ru", "ru"),
        ("ru-RU", "ru_RU", "ru"),
        ("ru-UA", "ru_UA", "ru"),
        ("ru-XX", "ru", "ru"),
        ("en-GB", "en_GB", "en"),
        ("de-CH", "de_CH", "en"),
        ("xx", "en", "en"),
        ("", "en", "en"),
    ],
)
def test_who_reads(tag: str, locale: str, language: str) -> None:
    found = reader(tag)
    assert (found.locale, found.language) == (locale, language)


def test_a_german_has_english_words_and_german_numbers() -> None:
    german = reader("de-DE")
    assert german.gettext("Total: %(total)s", total=german.money(123456, "EUR")) == f"Total: 1.234,56{NBSP}€"
