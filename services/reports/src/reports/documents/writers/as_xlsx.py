"""XLSX: a cover with key figures and charts, then a sheet for each table, for people who reckon on.

Rows go to the disk as they come (constant_memory), so a sheet costs the same memory whatever its length.
"""

from collections.abc import Iterator
from tempfile import TemporaryFile

from reports.documents.kinds import Report
from reports.documents.pages import page
from reports.documents.readers import reader
from reports.documents.xlsx.book import write

PIECE = 256 * 1024


def pieces(report: Report, locale: str) -> Iterator[bytes]:
    """Raises OSError where there is no room for it on the disk."""
    whose = reader(locale)
    with TemporaryFile() as file:
        write(page(report, whose), whose, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
