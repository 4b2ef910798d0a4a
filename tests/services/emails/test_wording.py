"""The catalogs say all that the templates say, in every language but the one they are written in."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from emails.templates.readers import ENGLISH, LANGUAGES, reader

SERVICE = Path(__file__).parents[3] / "services/emails"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
NBSP = "\u00a0"


def said() -> set[str | tuple[str, ...]]:
    """What the templates say, as `make wording` finds it."""
    with (SERVICE / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    return {found[2] for found in extract_from_dir(SERVICE / "src", methods, options)}


def catalog(language: str) -> Catalog:
    with (SERVICE / f"src/emails/locale/{language}/LC_MESSAGES/emails.po").open("rb") as file:
        return read_po(file, locale=language)


def entries(language: str) -> list[Message]:
    return [message for message in catalog(language) if message.id]


def texts(message: Message) -> tuple[list[str], list[str]]:
    """What is said, and how it is translated: with all their plurals."""
    both = [each if isinstance(each, tuple | list) else (each,) for each in (message.id, message.string)]
    return list(both[0]), list(both[1])


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_has_what_is_said_and_nothing_else(language: str) -> None:
    assert {message.id for message in entries(language)} == said()
    assert catalog(language).obsolete == {}


@pytest.mark.parametrize("language", OTHERS)
def test_all_of_it_is_translated(language: str) -> None:
    forms = catalog(language).num_plurals
    for message in entries(language):
        ids, strings = texts(message)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert len(strings) == (forms if len(ids) > 1 else 1)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_places_for_values(language: str) -> None:
    for message in entries(language):
        ids, strings = texts(message)
        wanted = {place for text in ids for place in re.findall(r"%\(\w+\)s", text)}
        for string in strings:
            assert set(re.findall(r"%\(\w+\)s", string)) == wanted, message.id
            assert string.replace("%(", "").count("%") == 0, message.id


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
