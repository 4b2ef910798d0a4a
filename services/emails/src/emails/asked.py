"""Which letter a message asks for; an event of another service means the command that it could have been."""

from typing import Any
from uuid import UUID

from contracts import Message
from contracts.emails import Recipient, SendBulkMail, SendNotice, SendReceipt, SendReport
from contracts.orders import (
    Changed,
    Customer,
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderNoted,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from emails.domain import Letter

Wanted = SendReceipt | SendNotice | SendReport | SendBulkMail

KINDS = {
    "paid": "payment",
    "shipped": "shipping",
    "delivered": "delivery",
    "cancelled": "cancellation",
    "expired": "expiry",
    "refunded": "refund",
    "noted": "note",
}
"""What kind of mail tells of each change, by which others know it."""

_WHAT: dict[type[Changed], Any] = {
    OrderPaid: "paid",
    OrderShipped: "shipped",
    OrderDelivered: "delivered",
    OrderCancelled: "cancelled",
    OrderExpired: "expired",
    OrderRefunded: "refunded",
    OrderNoted: "noted",
}


def receipt(placed: OrderPlaced) -> SendReceipt:
    """To the customer who has ordered."""
    return SendReceipt(
        account=placed.account,
        order_id=placed.order_id,
        placed_at=placed.placed_at,
        recipient=_recipient(placed.customer),
        currency=placed.currency,
        lines=placed.lines,
        total=placed.total,
    )


def notice(event: Changed) -> SendNotice:
    """To the customer whose order has changed."""
    return SendNotice(
        account=event.account,
        order_id=event.order_id,
        recipient=_recipient(event.customer),
        what=_WHAT[type(event)],
        currency=event.currency,
        amount=event.amount if isinstance(event, OrderRefunded) else event.total,
        carrier=event.carrier if isinstance(event, OrderShipped) else None,
        tracking=event.tracking if isinstance(event, OrderShipped) else None,
        text=_text(event),
    )


def _text(event: Changed) -> str | None:
    if isinstance(event, OrderNoted):
        return event.note
    return event.reason if isinstance(event, OrderCancelled | OrderRefunded) else None


def _recipient(customer: Customer) -> Recipient:
    return Recipient(email=customer.email, name=customer.name, locale=customer.locale)


def letter(message: Message, id: UUID) -> Letter:
    """To whom a message wants a mail written, and about what. Raises TypeError for one that wants none."""
    match message:
        case OrderPlaced():
            return letter(receipt(message), id)
        case Changed():
            return letter(notice(message), id)
        case SendReceipt(order_id=order_id):
            return _letter(message, id, "receipt", order_id=order_id)
        case SendNotice(order_id=order_id):
            return _letter(message, id, KINDS[message.what], order_id=order_id)
        case SendReport(report_id=report_id):
            return _letter(message, id, "report", report_id=report_id)
        case SendBulkMail(campaign_id=campaign_id):
            return _letter(message, id, message.kind, campaign_id=campaign_id)
        case _:
            raise TypeError(f"{type(message).__name__} asks for no mail")


def _letter(message: Wanted, id: UUID, kind: str, **about: UUID) -> Letter:
    to = message.recipient
    return Letter(
        id=id,
        kind=kind,
        account=message.account,
        to_name=to.name,
        to_address=to.email.replace("\0", "\ufffd"),
        **about,
    )
