"""Which letter an event of another service means: the command that it could have been given."""

from typing import Any

from contracts.emails import Recipient, SendNotice, SendReceipt
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
