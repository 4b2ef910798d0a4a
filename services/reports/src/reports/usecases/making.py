"""Reports: figures become files."""

from datetime import UTC, date, datetime
from uuid import UUID

from contracts.reports import MakeReport, ReportFailed, ReportMade
from mesh import Failure, Reject, Tx, outbox
from mesh.files import FileStore
from reports.documents import MEDIA, DailySales, pieces
from reports.domain import Figures
from reports.store import revoked
from reports.store import sales as stored


def sales(day: date, tx: Tx) -> list[Figures]:
    """The figures of a UTC day, one for each currency."""
    return stored.of(tx, day)


def make_report(wanted: MakeReport, tx: Tx, files: FileStore | None) -> None:
    """Lay it into the file store, and announce it; nothing, if it is not wanted any more.

    Raises Reject where there is no store.
    """
    if revoked.is_revoked(tx, wanted.report_id):
        return
    if files is None:
        raise Reject("there is no file store: set FILES_URL, then replay")
    figures = stored.of_account(tx, wanted.account, wanted.first_day, wanted.last_day)
    report = DailySales(wanted.first_day, wanted.last_day, figures)
    name = f"{report.name}.{wanted.format}"
    file = files.put(pieces(report, wanted.format), MEDIA[wanted.format], name)
    outbox.put(tx, ReportMade(report_id=wanted.report_id, made_at=_now(), file=file))


def tell_failure(wanted: MakeReport, tx: Tx, failure: Failure) -> None:
    """Whoever waits for it may want to know; not why, which is about our inside."""
    outbox.put(tx, ReportFailed(report_id=wanted.report_id, failed_at=_now(), again=failure.again))


def revoke_report(id: UUID, tx: Tx) -> None:
    """It is not wanted any more."""
    revoked.revoke(tx, id)


def _now() -> datetime:
    return datetime.now(UTC)
