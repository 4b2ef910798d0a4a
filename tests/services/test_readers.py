"""Whoever gets a mail and a report reads both in one way: emails and reports have readers of their own."""

import pytest

import emails.domain
import emails.templates.readers
import reports.documents.readers
import reports.domain

TAGS = ["en", "ru", "RU", "ru-RU", "de-CH", "de_CH", "pt_XX", "zh-Hant-TW", "sr-Latn", "xx", "xx-YY", "", "-"]


@pytest.mark.parametrize("tag", TAGS)
def test_a_locale_is_taken_alike(tag: str) -> None:
    mail, report = emails.templates.readers.reader(tag), reports.documents.readers.reader(tag)
    assert (mail.locale, mail.language) == (report.locale, report.language)
    assert emails.templates.readers.LANGUAGES == reports.documents.readers.LANGUAGES


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "RSD", "IQD", "CLF", "ZZZ"])
def test_money_is_written_alike(currency: str, tag: str) -> None:
    mail, report = emails.templates.readers.reader(tag), reports.documents.readers.reader(tag)
    assert mail.money(-123456, currency) == report.money(-123456, currency)


def test_both_know_the_places_of_all_currencies() -> None:
    assert emails.domain.DIGITS == reports.domain.DIGITS
