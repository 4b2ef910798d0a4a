"""The messages that emails takes."""

from datetime import datetime

from contracts.orders import (
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderNoted,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from emails import letters, usecases
from emails.wiring import Deps
from mesh import Consumer, Effect, Tx, context

consumer = Consumer[Deps]("emails")


_ATTEMPTS = 50  # a mail server may be away for three hours


@consumer.handles(OrderPlaced, attempts=_ATTEMPTS)
def order_placed(message: OrderPlaced, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_receipt(
        letters.receipt(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderPaid, attempts=_ATTEMPTS)
def order_paid(message: OrderPaid, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderShipped, attempts=_ATTEMPTS)
def order_shipped(message: OrderShipped, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderDelivered, attempts=_ATTEMPTS)
def order_delivered(message: OrderDelivered, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderCancelled, attempts=_ATTEMPTS)
def order_cancelled(message: OrderCancelled, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderExpired, attempts=_ATTEMPTS)
def order_expired(message: OrderExpired, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderRefunded, attempts=_ATTEMPTS)
def order_refunded(message: OrderRefunded, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_notice(
        letters.notice(message), context.message_id(), tx, deps.templates, deps.mailer
    )


@consumer.handles(OrderNoted, attempts=_ATTEMPTS)
def order_noted(message: OrderNoted, tx: Tx, deps: Deps) -> Effect[datetime] | None:
    return usecases.forward_note(message, context.message_id(), tx, deps.templates, deps.mailer)
