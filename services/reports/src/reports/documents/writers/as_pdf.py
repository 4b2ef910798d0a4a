"""PDF: pages that people read and print, with all that they need inside."""

from collections.abc import Iterator

from reports.documents.kinds import Report
from reports.documents.pages import page
from reports.documents.pdf.render import pdf
from reports.documents.readers import reader


def pieces(report: Report, locale: str) -> Iterator[bytes]:
    whose = reader(locale)
    yield pdf(page(report, whose), whose)
