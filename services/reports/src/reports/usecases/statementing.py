"""Statements of all customers: some at a time, and all of them in one archive at the end."""

from collections.abc import Iterator
from uuid import uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from contracts.emails import Recipient, SendReport
from contracts.files import File
from contracts.reports import Delivery, MakeReport
from mesh import Tx, outbox
from mesh.errors import Gone
from mesh.files import FileStore
from reports.documents import MEDIA, pieces
from reports.store import statements
from reports.store.asked import Asked
from reports.store.statements import Statement
from reports.store.told import Of
from reports.titles import title
from reports.usecases import gathering
from reports.usecases.gathering import Want

_SOME = 500
"""Statements that are looked up at once for the archive."""


def write(report: Asked, first: int, last: int, tx: Tx, files: FileStore) -> None:
    """Those with these numbers, as far as they are not, each with its mail."""
    wanted = report.wanted
    for one in statements.some(tx, report.report_id, first, last):
        if one.file:
            continue
        file = _written(wanted, one.email, tx, files)
        statements.note_written(tx, report.report_id, one.number, file)
        if wanted.each_by:
            mail = _mail(wanted, one, file, wanted.each_by)
            outbox.put(tx, outbox.seal(mail, uuid5(report.report_id, f"statement {one.number}")))


def archive(report: Asked, tx: Tx, files: FileStore) -> File:
    """All of them in one file; what the store has lost of them is written again."""
    wanted = report.wanted
    name = f"customer-statements-{wanted.first_day}-{wanted.last_day}.zip"
    return files.put(_archived(report, tx, files), "application/zip", name)


def _archived(report: Asked, tx: Tx, files: FileStore) -> Iterator[bytes]:
    """Piece by piece. The same statements are the same bytes."""
    gathered = _Gathered()
    with ZipFile(gathered, "w") as archive:
        for one in _all(report, tx):
            file = one.file or _written(report.wanted, one.email, tx, files)
            entry = ZipInfo(f"{one.number:05}-{file.name}")
            entry.compress_type = ZIP_STORED if file.media_type == MEDIA["pdf"] else ZIP_DEFLATED
            archive.writestr(entry, _content(report.wanted, one, file, tx, files))
            yield gathered.taken()
    yield gathered.taken()


def _all(report: Asked, tx: Tx) -> Iterator[Statement]:
    for first in range(1, report.customers + 1, _SOME):
        yield from statements.some(tx, report.report_id, first, first + _SOME - 1)


def _content(wanted: MakeReport, one: Statement, file: File, tx: Tx, files: FileStore) -> bytes:
    try:
        return b"".join(files.read(file))
    except Gone:  # a store may forget what it kept for long enough, or lose it
        return b"".join(files.read(_written(wanted, one.email, tx, files)))


def _written(wanted: MakeReport, email: str, tx: Tx, files: FileStore) -> File:
    of = Of(wanted.account, wanted.first_day, wanted.last_day)
    document = gathering.report(Want("customer_statement", of, email), tx)
    name = f"{document.name}.{wanted.format}"
    return files.put(pieces(document, wanted.format, wanted.locale), MEDIA[wanted.format], name)


def _mail(wanted: MakeReport, one: Statement, file: File, by: Delivery) -> SendReport:
    return SendReport(
        account=wanted.account,
        report_id=wanted.report_id,
        recipient=Recipient(email=one.email, name=one.name, locale=one.locale),
        title=title("customer_statement", wanted.first_day, wanted.last_day, one.locale),
        file=file,
        by=by,
    )


class _Gathered:
    """What a ZipFile writes to, which cannot go back."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, piece: bytes) -> int:
        self._bytes += piece
        return len(piece)

    def flush(self) -> None:
        """There is nothing behind."""

    def close(self) -> None:
        """Nor here."""

    def taken(self) -> bytes:
        found = bytes(self._bytes)
        self._bytes.clear()
        return found
