"""The messages that emails takes."""

from datetime import datetime

from contracts.orders import OrderPlaced
from emails import usecases
from emails.wiring import Deps
from mesh import Consumer, Effect, Tx, context

consumer = Consumer[Deps]("emails")


@consumer.handles(OrderPlaced, time_limit=30, attempts=50)  # a mail server may be away for three hours
def order_placed(message: OrderPlaced, tx: Tx, deps: Deps) -> Effect[datetime]:
    return usecases.send_receipt(message, context.message_id(), tx, deps.templates, deps.mailer)
