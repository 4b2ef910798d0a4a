"""The messages that emails takes."""

from contracts.emails import (
    AddPushSubscription,
    DeliverPush,
    RemovePushSubscription,
    SendBulk,
    SendBulkMail,
    SendNotice,
    SendPush,
    SendReceipt,
    SendReport,
    SetPreference,
)
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
from emails import asked
from emails.usecases import campaigns, letters, outcomes, people, pushes
from emails.usecases.letters import Sending
from emails.usecases.pushes import Pushing
from emails.wiring import Deps
from mesh import Consumer, Tx, context

consumer = Consumer[Deps]("emails")


_ATTEMPTS = 50  # three hours of a mail server that says "not now"; one that is away costs none


@consumer.handles(OrderPlaced, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_placed(message: OrderPlaced, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_receipt(asked.receipt(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderPaid, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_paid(message: OrderPaid, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderShipped, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_shipped(message: OrderShipped, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderDelivered, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_delivered(message: OrderDelivered, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderCancelled, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_cancelled(message: OrderCancelled, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderExpired, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_expired(message: OrderExpired, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderRefunded, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_refunded(message: OrderRefunded, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(asked.notice(message), context.message_id(), tx, deps.desk)


@consumer.handles(OrderNoted, attempts=_ATTEMPTS, failed=outcomes.failed)
def order_noted(message: OrderNoted, tx: Tx, deps: Deps) -> Sending | None:
    return letters.forward_note(message, context.message_id(), tx, deps.desk)


@consumer.handles(SendReceipt, attempts=_ATTEMPTS, failed=outcomes.failed)
def send_receipt(message: SendReceipt, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_receipt(message, context.message_id(), tx, deps.desk)


@consumer.handles(SendNotice, attempts=_ATTEMPTS, failed=outcomes.failed)
def send_notice(message: SendNotice, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_notice(message, context.message_id(), tx, deps.desk)


@consumer.handles(SendReport, attempts=_ATTEMPTS, failed=outcomes.failed)
def send_report(message: SendReport, tx: Tx, deps: Deps) -> Sending | None:
    return letters.send_report(message, context.message_id(), tx, deps.desk)


@consumer.handles(SendBulk)
def send_bulk(message: SendBulk, tx: Tx, deps: Deps) -> None:
    campaigns.send_bulk(message, context.message_id(), tx)


@consumer.handles(SendBulkMail, attempts=_ATTEMPTS, failed=outcomes.failed)
def send_bulk_mail(message: SendBulkMail, tx: Tx, deps: Deps) -> Sending | None:
    return campaigns.send_bulk_mail(message, context.message_id(), tx, deps.desk)


@consumer.handles(SetPreference)
def set_preference(message: SetPreference, tx: Tx, deps: Deps) -> None:
    people.set_preference(message, tx)


@consumer.handles(AddPushSubscription)
def add_push_subscription(message: AddPushSubscription, tx: Tx, deps: Deps) -> None:
    pushes.add_subscription(message, tx, deps.pusher.hosts)


@consumer.handles(RemovePushSubscription)
def remove_push_subscription(message: RemovePushSubscription, tx: Tx, deps: Deps) -> None:
    pushes.remove_subscription(message, tx)


@consumer.handles(SendPush)
def send_push(message: SendPush, tx: Tx, deps: Deps) -> None:
    pushes.send(message, context.message_id(), tx)


@consumer.handles(DeliverPush, attempts=_ATTEMPTS)
def deliver_push(message: DeliverPush, tx: Tx, deps: Deps) -> Pushing | None:
    return pushes.deliver(message, context.sent_at(), tx, deps.pusher)
