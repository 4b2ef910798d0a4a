"""What is written to a customer whose order has changed: a subject and a sentence for each event."""

from collections.abc import Callable
from typing import Any, NamedTuple

from contracts.orders import (
    Changed,
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderNoted,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
)

Money = Callable[[int], str]
"""Minor units as the customer's locale writes them."""


class Notice(NamedTuple):
    kind: str
    subject: str
    sentence: str


def notice(event: Changed, number: str, money: Money) -> Notice:
    """Raises KeyError for an event that nobody is written to about."""
    kind, subject, sentence = _NOTICES[type(event)]
    return Notice(kind, subject.format(number), sentence(event, money))


def _parcel(event: OrderShipped) -> str:
    by = f" with {event.carrier}" if event.carrier else ""
    number = f" Its number there is {event.tracking}." if event.tracking else ""
    return f"Your order is on its way{by}.{number}"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else "."


_NOTICES: dict[type[Changed], tuple[str, str, Callable[[Any, Money], str]]] = {
    OrderPaid: (
        "payment",
        "Your order {} is paid",
        lambda event, money: f"We have received {money(event.total)}.",
    ),
    OrderShipped: ("shipping", "Your order {} is on its way", lambda event, _: _parcel(event)),
    OrderDelivered: ("delivery", "Your order {} has arrived", lambda event, _: "Your order was delivered."),
    OrderCancelled: (
        "cancellation",
        "Your order {} is cancelled",
        lambda event, _: f"Your order was cancelled{_because(event.reason)}",
    ),
    OrderExpired: (
        "expiry",
        "Your order {} has expired",
        lambda event, money: f"We have not received {money(event.total)} in time. Your order is cancelled.",
    ),
    OrderRefunded: (
        "refund",
        "A refund for your order {}",
        lambda event, money: f"{money(event.amount)} is on its way back to you{_because(event.reason)}",
    ),
    OrderNoted: ("note", "About your order {}", lambda event, _: event.note),
}
"""Kind, subject with the order's number, and sentence."""
