"""What is written to a customer whose order has changed: a subject and a sentence for each change."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from contracts.emails import SendNotice
from emails.templates.plaintext import lines, one_line
from emails.templates.readers import Reader

Mood = Literal["good", "calm", "sad"]
Facts = tuple[tuple[str, str], ...]
"""What a reader may look for again: a name and a value each."""


class Notice(NamedTuple):
    subject: str
    heading: str
    sentence: str
    mood: Mood
    facts: Facts = ()
    step: int | None = None
    """How far the parcel is: 1 paid, 2 on its way, 3 there. None: it does not come."""
    quoted: bool = False
    """The sentence is a person's own."""


def notice(said: SendNotice, number: str, reader: Reader) -> Notice:
    """In the reader's language. `number` is the order's, for people."""
    return _NOTICES[said.what](said, number, reader)


def _paid(said: SendNotice, number: str, reader: Reader) -> Notice:
    amount = _amount(said, reader)
    return Notice(
        reader.gettext("Your order %(number)s is paid", number=number),
        reader.gettext("Your order is paid"),
        reader.gettext("We have received %(amount)s.", amount=amount),
        "good",
        ((reader.gettext("Received"), amount),),
        step=1,
    )


def _shipped(said: SendNotice, number: str, reader: Reader) -> Notice:
    carrier, tracking = one_line(said.carrier or ""), one_line(said.tracking or "")
    facts = (reader.gettext("Carrier"), carrier), (reader.gettext("Tracking number"), tracking)
    return Notice(
        reader.gettext("Your order %(number)s is on its way", number=number),
        reader.gettext("Your order is on its way"),
        _parcel(carrier, tracking, reader),
        "calm",
        tuple(fact for fact in facts if fact[1]),
        step=2,
    )


def _parcel(carrier: str, tracking: str, reader: Reader) -> str:
    way = (
        reader.gettext("Your order is on its way with %(carrier)s.", carrier=carrier)
        if carrier
        else reader.gettext("Your order is on its way.")
    )
    if not tracking:
        return way
    number = reader.gettext("Its tracking number is %(tracking)s.", tracking=tracking)
    return f"{way} {number}"


def _delivered(said: SendNotice, number: str, reader: Reader) -> Notice:
    return Notice(
        reader.gettext("Your order %(number)s has arrived", number=number),
        reader.gettext("Your order has arrived"),
        reader.gettext("Your order was delivered."),
        "good",
        step=3,
    )


def _cancelled(said: SendNotice, number: str, reader: Reader) -> Notice:
    reason = lines(said.text or "")
    return Notice(
        reader.gettext("Your order %(number)s is cancelled", number=number),
        reader.gettext("Your order is cancelled"),
        reader.gettext("Your order was cancelled: %(reason)s", reason=reason)
        if reason
        else reader.gettext("Your order was cancelled."),
        "sad",
    )


def _expired(said: SendNotice, number: str, reader: Reader) -> Notice:
    amount = _amount(said, reader)
    return Notice(
        reader.gettext("Your order %(number)s has expired", number=number),
        reader.gettext("Your order has expired"),
        reader.gettext(
            "We have not received %(amount)s in time. Your order is cancelled.",
            amount=amount,
        ),
        "sad",
        ((reader.gettext("Not paid"), amount),),
    )


def _refunded(said: SendNotice, number: str, reader: Reader) -> Notice:
    amount, reason = _amount(said, reader), lines(said.text or "")
    return Notice(
        reader.gettext("A refund for your order %(number)s", number=number),
        reader.gettext("Your refund is on its way"),
        reader.gettext("%(amount)s is on its way back to you: %(reason)s", amount=amount, reason=reason)
        if reason
        else reader.gettext("%(amount)s is on its way back to you.", amount=amount),
        "good",
        ((reader.gettext("Refund"), amount),),
    )


def _noted(said: SendNotice, number: str, reader: Reader) -> Notice:
    return Notice(
        reader.gettext("About your order %(number)s", number=number),
        reader.gettext("About your order"),
        lines(said.text or ""),
        "calm",
        quoted=True,
    )


def _amount(said: SendNotice, reader: Reader) -> str:
    return reader.money(said.amount, said.currency)


_NOTICES: dict[str, Callable[[SendNotice, str, Reader], Notice]] = {
    "paid": _paid,
    "shipped": _shipped,
    "delivered": _delivered,
    "cancelled": _cancelled,
    "expired": _expired,
    "refunded": _refunded,
    "noted": _noted,
}
