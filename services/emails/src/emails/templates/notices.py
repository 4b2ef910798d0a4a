"""What is written to a customer whose order has changed: a subject and a sentence for each change."""

from collections.abc import Callable
from typing import NamedTuple

from contracts.emails import SendNotice


class Notice(NamedTuple):
    subject: str
    sentence: str


def notice(said: SendNotice, number: str, amount: str) -> Notice:
    """`amount` is as the customer's locale writes it."""
    subject, sentence = _NOTICES[said.what]
    return Notice(subject.format(number), sentence(said, amount))


def _parcel(said: SendNotice) -> str:
    by = f" with {said.carrier}" if said.carrier else ""
    number = f" Its number there is {said.tracking}." if said.tracking else ""
    return f"Your order is on its way{by}.{number}"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else "."


_NOTICES: dict[str, tuple[str, Callable[[SendNotice, str], str]]] = {
    "paid": ("Your order {} is paid", lambda _, amount: f"We have received {amount}."),
    "shipped": ("Your order {} is on its way", lambda said, _: _parcel(said)),
    "delivered": ("Your order {} has arrived", lambda *_: "Your order was delivered."),
    "cancelled": (
        "Your order {} is cancelled",
        lambda said, _: f"Your order was cancelled{_because(said.text)}",
    ),
    "expired": (
        "Your order {} has expired",
        lambda _, amount: f"We have not received {amount} in time. Your order is cancelled.",
    ),
    "refunded": (
        "A refund for your order {}",
        lambda said, amount: f"{amount} is on its way back to you{_because(said.text)}",
    ),
    "noted": ("About your order {}", lambda said, _: said.text or ""),
}
"""Subject with the order's number, and sentence."""
