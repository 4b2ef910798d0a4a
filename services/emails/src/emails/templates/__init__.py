"""The texts of the mails: Jinja2 templates in each language, money and dates as a locale has them.

readers.py     whose locale it is: words, money, dates      pages.py     what a template is given
notices.py     what is said of each change of an order      samples.py   a letter of each kind
plaintext.py   text parts: wrapped, in columns              styles.py    mail.css, inlined
editions.py    all templates in one language, checked
"""

import traceback
from pathlib import Path

from jinja2 import BaseLoader, PackageLoader, UndefinedError

from contracts.emails import Recipient, SendNotice, SendReceipt, SendReport
from emails.domain import Batch, Content
from emails.templates import pages
from emails.templates.editions import Compiled, Edition, hold_against_pages
from emails.templates.errors import BrokenTemplate
from emails.templates.plaintext import shortened
from emails.templates.readers import ENGLISH, LANGUAGES, Reader, reader
from emails.templates.samples import OTHERS, SAMPLES, Sample

__all__ = ["BrokenTemplate", "Templates"]

_GLANCE = 240  # characters: more than any desktop shows of a notification


class Templates:
    """All templates in every language, compiled once per process, and tried.

    Raises BrokenTemplate if one of them would leave a hole in a mail.
    """

    def __init__(self, loader: BaseLoader | None = None) -> None:
        loader = loader or PackageLoader("emails")
        compiled = Compiled()
        self._editions = {language: Edition(language, loader, compiled) for language in LANGUAGES}
        hold_against_pages(self._editions[ENGLISH].environment)
        for name, sample in (SAMPLES | OTHERS).items():
            for language in LANGUAGES:
                self._try(name, sample, language)

    def receipt(self, wanted: SendReceipt) -> Content:
        """The receipt for an order."""
        reader = _reader(wanted.recipient)
        return self._content(pages.receipt(wanted, reader), reader)

    def notice(self, said: SendNotice) -> Content:
        """To the customer whose order has changed."""
        reader = _reader(said.recipient)
        return self._content(pages.of_notice(said, reader), reader)

    def push(self, said: SendNotice) -> tuple[str, str]:
        """The same for a desktop: a title and a body."""
        page = pages.of_notice(said, _reader(said.recipient))
        return page.subject, shortened(page.sentence, _GLANCE)

    def report(self, wanted: SendReport, link: str | None) -> Content:
        """With a link to the report, or (None) for a mail to which it is attached."""
        reader = _reader(wanted.recipient)
        return self._content(pages.report(wanted, link, reader), reader)

    def bulk(self, batch: Batch, recipient: Recipient, unsubscribe: str) -> Content:
        """One mail of many. `unsubscribe` is a link."""
        reader = _reader(recipient)
        return self._content(pages.bulk(batch, unsubscribe, reader), reader)

    def _content(self, page: pages.Page, reader: Reader) -> Content:
        return self._editions[reader.language].content(page)

    def _try(self, name: str, sample: Sample, language: str) -> None:
        try:
            sample(self, language)
        except (UndefinedError, KeyError) as error:  # a template's hole, or that of a translation
            raise BrokenTemplate(f"{_place(error)}: {error} (sample {name!r} in {language!r})") from error


def _reader(recipient: Recipient) -> Reader:
    return reader(recipient.locale)


def _place(error: BaseException) -> str:
    """Jinja2 puts the template and its line into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    of_templates = [frame for frame in frames if frame.filename.endswith((".html", ".txt"))]
    last = (of_templates or frames)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"
