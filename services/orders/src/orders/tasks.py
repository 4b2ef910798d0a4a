"""The messages that orders takes."""

from collections.abc import Sequence

from contracts.emails import EmailSent
from contracts.reports import SalesRecorded
from mesh import Consumer, Tx
from orders import usecases
from orders.wiring import Deps

consumer = Consumer[Deps]("orders")


@consumer.handles(EmailSent, batch=500)
def emails_sent(messages: Sequence[EmailSent], tx: Tx, deps: Deps) -> None:
    usecases.note_emails(messages, tx)


@consumer.handles(SalesRecorded, batch=20)
def sales_recorded(messages: Sequence[SalesRecorded], tx: Tx, deps: Deps) -> None:
    usecases.note_sales(messages, tx)
