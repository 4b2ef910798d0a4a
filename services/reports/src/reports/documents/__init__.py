"""Reports as documents: figures in, files out. The same figures are the same bytes.

kinds/      what a report tells: figures, typed          samples/     one of each, made up
pages/      what people read of it, in their words       readers.py   whose words, money and dates
writers/    a module for each format                     numbers.py   numbers, fast
xlsx/       workbooks                                    titles.py    what each kind is called
pdf/, typst/, fonts/   pages

Knows no SQL, no messages and no clock. A writer is imported when it writes, with all that takes
time to import.
"""

from collections.abc import Callable, Iterable, Iterator

from reports.documents.kinds import (
    CustomerStatement,
    DailySales,
    Operations,
    ProductPerformance,
    Refunds,
    Report,
)

__all__ = [
    "MEDIA",
    "CustomerStatement",
    "DailySales",
    "Operations",
    "ProductPerformance",
    "Refunds",
    "Report",
    "pieces",
    "written",
]

MEDIA = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_PIECE = 64 * 1024


def pieces(report: Report, format: str, locale: str = "en") -> Iterator[bytes]:
    """The document, piece by piece. `locale` is a BCP 47 tag: whose words, and how they write figures.

    JSON and CSV are for programs, and the same in every locale.
    """
    return _WRITERS[format](report, locale)


def written(report: Report, format: str, locale: str = "en") -> bytes:
    """All of it."""
    return b"".join(pieces(report, format, locale))


def _json(report: Report, locale: str) -> Iterator[bytes]:
    from reports.documents.writers import as_json

    return _encoded(as_json.pieces(report))


def _csv(report: Report, locale: str) -> Iterator[bytes]:
    from reports.documents.writers import as_csv

    return _encoded(as_csv.pieces(report))


def _xlsx(report: Report, locale: str) -> Iterator[bytes]:
    from reports.documents.writers import as_xlsx

    return as_xlsx.pieces(report, locale)


def _pdf(report: Report, locale: str) -> Iterator[bytes]:
    from reports.documents.writers import as_pdf

    return as_pdf.pieces(report, locale)


def _encoded(texts: Iterable[str]) -> Iterator[bytes]:
    """In pieces that are worth a call."""
    gathered = bytearray()
    for text in texts:
        gathered += text.encode(errors="replace")
        if len(gathered) >= _PIECE:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


_WRITERS: dict[str, Callable[[Report, str], Iterator[bytes]]] = {
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "pdf": _pdf,
}
