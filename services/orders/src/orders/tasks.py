"""The messages that orders takes."""

from collections.abc import Sequence

from contracts.emails import EmailSent
from contracts.orders import ExpireOrder
from contracts.reports import SalesRecorded
from mesh import Consumer, Tx
from orders.usecases import expiring, news
from orders.wiring import Deps

consumer = Consumer[Deps]("orders")


@consumer.handles(EmailSent, batch=500)
def emails_sent(messages: Sequence[EmailSent], tx: Tx, deps: Deps) -> None:
    news.note_emails(messages, tx)


@consumer.handles(ExpireOrder)
def expire_order(message: ExpireOrder, tx: Tx, deps: Deps) -> None:
    expiring.expire(message.order_id, tx)


@consumer.handles(SalesRecorded, batch=20)
def sales_recorded(messages: Sequence[SalesRecorded], tx: Tx, deps: Deps) -> None:
    news.note_sales(messages, tx)
