"""Reports: figures become files."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from contracts.emails import SendReport
from contracts.files import File
from contracts.reports import MakeReport, ReportFailed, ReportMade
from mesh import Failure, Reject, Tx, outbox
from mesh.files import FileStore
from reports.documents import MEDIA, Report, pieces
from reports.domain import Figures
from reports.store import revoked, told
from reports.store.told import Of
from reports.titles import title
from reports.usecases import gathering, operating


def sales(day: date, tx: Tx) -> list[Figures]:
    """The figures of a UTC day, one for each currency."""
    return told.by_currency(tx, Of(None, day, day))


def make_report(wanted: MakeReport, tx: Tx, files: FileStore | None, reporting: str) -> None:
    """Lay it into the file store, announce it, and have it sent to whom it is for; nothing, if it is not
    wanted any more.

    Raises Reject where there is no store, and for what cannot be made.
    """
    if revoked.is_revoked(tx, wanted.report_id):
        return
    if files is None:
        raise Reject("there is no file store: set FILES_URL, then replay")
    report = gathered(wanted, tx, reporting)
    name = f"{report.name}.{wanted.format}"
    file = files.put(pieces(report, wanted.format, wanted.locale), MEDIA[wanted.format], name)
    outbox.put(tx, ReportMade(report_id=wanted.report_id, made_at=_now(), file=file))
    _deliver(wanted, file, tx)


def gathered(wanted: MakeReport, tx: Tx, reporting: str) -> Report:
    """What it tells. Raises Reject for what nobody can tell."""
    of = Of(wanted.account, wanted.first_day, wanted.last_day)
    match wanted.kind:
        case "daily_sales":
            return gathering.daily_sales(tx, of, reporting)
        case "product_performance":
            return gathering.product_performance(tx, of, reporting)
        case "refunds":
            return gathering.refunds(tx, of, reporting)
        case "customer_statement":
            return gathering.customer_statement(tx, of, wanted.customer)
        case "operations":
            return operating.operations(tx, of)


def tell_failure(wanted: MakeReport, tx: Tx, failure: Failure) -> None:
    """Whoever waits for it may want to know; not why, which is about our inside."""
    outbox.put(tx, ReportFailed(report_id=wanted.report_id, failed_at=_now(), again=failure.again))


def revoke_report(id: UUID, tx: Tx) -> None:
    """It is not wanted any more."""
    revoked.revoke(tx, id)


def _deliver(wanted: MakeReport, file: File, tx: Tx) -> None:
    for recipient in wanted.deliver_to:
        mail = SendReport(
            account=wanted.account,
            report_id=wanted.report_id,
            recipient=recipient,
            title=title(wanted.kind, wanted.first_day, wanted.last_day, recipient.locale),
            file=file,
            by=wanted.by,
        )
        outbox.put(tx, outbox.seal(mail, uuid5(wanted.report_id, f"emails.send_report {recipient.email}")))


def _now() -> datetime:
    return datetime.now(UTC)
