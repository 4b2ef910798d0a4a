"""What reports does. Each function gets a transaction and leaves the commit to its caller."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID, uuid5

from contracts.emails import SendReport
from contracts.files import File
from contracts.orders import OrderPlaced
from contracts.reports import MakeReport, ReportFailed, ReportMade, SalesRecorded
from mesh import Failure, Reject, Tx, outbox
from mesh.files import FileStore
from reports import store
from reports.documents import MEDIA, DailySales, refuse_unmade, written
from reports.domain import Figures
from reports.titles import title

Key = TypeVar("Key", bound=Hashable)


def record_sales(placed: Sequence[OrderPlaced], tx: Tx) -> None:
    """Add orders to the figures of their days, and announce it once for all of them."""
    figures = list(map(_figures, placed))
    store.add(tx, _sums(((f.day, f.currency), f) for f in figures).values())
    whose = zip(placed, figures, strict=True)
    sums = _sums(((o.account, f.day, f.currency), f) for o, f in whose if o.account is not None)
    store.add_to_accounts(tx, ((account, f) for (account, *_), f in sums.items()))
    ids = tuple(order.order_id for order in placed)
    outbox.put(tx, SalesRecorded(order_ids=ids, recorded_at=_now()))


def sales(day: date, tx: Tx) -> list[Figures]:
    """The figures of a UTC day, one for each currency."""
    return store.of(tx, day)


def make_report(wanted: MakeReport, tx: Tx, files: FileStore | None) -> None:
    """Lay it into the file store, announce it, and have it sent to whom it is for; nothing, if it is not
    wanted any more.

    Raises Reject where there is no store, and for what cannot be made.
    """
    if store.is_revoked(tx, wanted.report_id):
        return
    refuse_unmade(wanted.kind, wanted.format)
    if files is None:
        raise Reject("there is no file store: set FILES_URL, then replay")
    figures = store.of_account(tx, wanted.account, wanted.first_day, wanted.last_day)
    report = DailySales(wanted.first_day, wanted.last_day, figures)
    name = f"{report.name}.{wanted.format}"
    file = files.put([written(report, wanted.format)], MEDIA[wanted.format], name)
    outbox.put(tx, ReportMade(report_id=wanted.report_id, made_at=_now(), file=file))
    _deliver(wanted, file, tx)


def tell_failure(wanted: MakeReport, tx: Tx, failure: Failure) -> None:
    """Whoever waits for it may want to know; not why, which is about our inside."""
    outbox.put(tx, ReportFailed(report_id=wanted.report_id, failed_at=_now(), again=failure.again))


def revoke_report(id: UUID, tx: Tx) -> None:
    """It is not wanted any more."""
    store.revoke(tx, id)


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


def _sums(each: Iterable[tuple[Key, Figures]]) -> dict[Key, Figures]:
    sums: dict[Key, Figures] = {}
    for key, figures in each:
        sums[key] = sums[key] + figures if key in sums else figures
    return sums


def _figures(order: OrderPlaced) -> Figures:
    day = order.placed_at.astimezone(UTC).date()
    items = sum(line.quantity for line in order.lines)
    return Figures(day, order.currency, 1, items, order.total)


def _now() -> datetime:
    return datetime.now(UTC)
