"""The catalogs say all that mails and reports say, in every language but the one they are written in."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import emails.templates.readers
import reports.documents.readers

SERVICES = Path(__file__).parents[2] / "services"
READERS = {"emails": emails.templates.readers, "reports": reports.documents.readers}
OTHERS = [
    (service, language)
    for service, readers in READERS.items()
    for language in readers.LANGUAGES
    if language != readers.ENGLISH
]
of_each = pytest.mark.parametrize(("service", "language"), OTHERS)


def said(service: str) -> set[str | tuple[str, ...]]:
    """As `make wording` finds it."""
    with (SERVICES / service / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    return {found[2] for found in extract_from_dir(SERVICES / service / "src", methods, options)}


def catalog(service: str, language: str) -> Catalog:
    file = SERVICES / service / f"src/{service}/locale/{language}/LC_MESSAGES/{service}.po"
    with file.open("rb") as source:
        return read_po(source, locale=language)


def entries(service: str, language: str) -> list[Message]:
    return [message for message in catalog(service, language) if message.id]


def texts(message: Message) -> tuple[list[str], list[str]]:
    """What is said, and how it is translated: with all their plurals."""
    both = [each if isinstance(each, tuple | list) else (each,) for each in (message.id, message.string)]
    return list(both[0]), list(both[1])


@of_each
def test_a_catalog_has_what_is_said_and_nothing_else(service: str, language: str) -> None:
    assert {message.id for message in entries(service, language)} == said(service)
    assert catalog(service, language).obsolete == {}


@of_each
def test_all_of_it_is_translated(service: str, language: str) -> None:
    forms = catalog(service, language).num_plurals
    for message in entries(service, language):
        ids, strings = texts(message)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert len(strings) == (forms if len(ids) > 1 else 1)


@of_each
def test_a_translation_has_the_same_places_for_values(service: str, language: str) -> None:
    for message in entries(service, language):
        ids, strings = texts(message)
        wanted = {place for text in ids for place in re.findall(r"%\(\w+\)s", text)}
        for string in strings:
            assert set(re.findall(r"%\(\w+\)s", string)) == wanted, message.id
            assert string.replace("%(", "").count("%") == 0, message.id
