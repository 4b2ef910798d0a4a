"""The messages that orders takes."""

from collections.abc import Sequence

from contracts.emails import EmailFailed, EmailSent
from contracts.orders import ExpireOrder, ImportPart
from contracts.reports import (
    ReportFailed,
    ReportMade,
    SalesRecorded,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SectionGathered,
)
from mesh import Consumer, Tx
from orders.usecases import expiring, importing, news, reporting, scheduling
from orders.wiring import Deps

consumer = Consumer[Deps]("orders")


@consumer.handles(EmailSent, batch=500)
def emails_sent(messages: Sequence[EmailSent], tx: Tx, deps: Deps) -> None:
    news.note_emails(messages, tx)


@consumer.handles(EmailFailed, batch=500)
def emails_failed(messages: Sequence[EmailFailed], tx: Tx, deps: Deps) -> None:
    news.note_failed_emails(messages, tx)


@consumer.handles(ExpireOrder)
def expire_order(message: ExpireOrder, tx: Tx, deps: Deps) -> None:
    expiring.expire(message.order_id, tx)


@consumer.handles(ImportPart, time_limit=120)
def import_part(message: ImportPart, tx: Tx, deps: Deps) -> None:
    # The API's documents take a fifth of a second to import: only who places an import's orders needs them.
    from orders.documents import NewOrder

    importing.place_part(message.job_id, message.part, tx, read=NewOrder.order_of, patience=deps.patience)


@consumer.handles(SalesRecorded, batch=20)
def sales_recorded(messages: Sequence[SalesRecorded], tx: Tx, deps: Deps) -> None:
    news.note_sales(messages, tx)


@consumer.handles(SectionGathered)
def section_gathered(message: SectionGathered, tx: Tx, deps: Deps) -> None:
    reporting.note_gathered(message, tx)


@consumer.handles(ReportMade)
def report_made(message: ReportMade, tx: Tx, deps: Deps) -> None:
    reporting.note_made(message, tx)


@consumer.handles(ReportFailed)
def report_failed(message: ReportFailed, tx: Tx, deps: Deps) -> None:
    reporting.note_failed(message, tx)


@consumer.handles(ScheduleChanged)
def schedule_changed(message: ScheduleChanged, tx: Tx, deps: Deps) -> None:
    scheduling.note_changed(message, tx)


@consumer.handles(ScheduleRemoved)
def schedule_removed(message: ScheduleRemoved, tx: Tx, deps: Deps) -> None:
    scheduling.note_removed(message, tx)


@consumer.handles(ScheduleFired)
def schedule_fired(message: ScheduleFired, tx: Tx, deps: Deps) -> None:
    scheduling.note_fired(message, tx)
