"""What a customer reads of an order that has changed, and that it is read once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from mailserver import MailServer
from messages import CUSTOMER

from contracts.emails import EmailSent
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
from emails import letters
from emails.templates import Templates
from mesh.testing import sent

TEMPLATES = Templates()
ID = uuid4()
NUMBER = str(ID).rpartition("-")[2].upper()
NBSP = "\u00a0"


def told(kind: type[Changed], locale: str = "en", **more: Any) -> Changed:
    customer = CUSTOMER.model_copy(update={"locale": locale})
    return kind(
        order_id=ID,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        customer=customer,
        currency="EUR",
        total=123456,
        **more,
    )


@pytest.mark.parametrize(
    ("event", "kind", "subject", "sentence"),
    [
        (told(OrderPaid), "payment", "is paid", "We have received €1,234.56."),
        (told(OrderPaid, "de"), "payment", "is paid", f"We have received 1.234,56{NBSP}€."),
        (
            told(OrderShipped, carrier="DHL", tracking="JD014"),
            "shipping",
            "is on its way",
            "Your order is on its way with DHL. Its number there is JD014.",
        ),
        (
            told(OrderShipped, carrier=None, tracking=None),
            "shipping",
            "is on its way",
            "Your order is on its way.",
        ),
        (told(OrderDelivered), "delivery", "has arrived", "Your order was delivered."),
        (
            told(OrderCancelled, reason="Out of tea"),
            "cancellation",
            "is cancelled",
            "Your order was cancelled: Out of tea",
        ),
        (told(OrderCancelled, reason=None), "cancellation", "is cancelled", "Your order was cancelled."),
        (
            told(OrderExpired),
            "expiry",
            "has expired",
            "We have not received €1,234.56 in time. Your order is cancelled.",
        ),
        (
            told(OrderRefunded, amount=500, refunded=900, reason=None),
            "refund",
            "A refund",
            "€5.00 is on its way back to you.",
        ),
        (
            told(OrderNoted, note="<b>Soon\nthere</b>", for_customer=True),
            "note",
            "About",
            "<b>Soon\nthere</b>",
        ),
    ],
)
def test_a_change_in_words(event: Changed, kind: str, subject: str, sentence: str) -> None:
    wanted = letters.notice(event)
    assert letters.KINDS[wanted.what] == kind
    mail = TEMPLATES.notice(wanted)
    assert subject in mail.subject
    assert NUMBER in mail.subject
    assert mail.text.splitlines()[0] == "Hello Ada Lovelace,"
    assert f"\n\n{sentence}\n\n" in mail.text
    assert sentence.replace("<", "&lt;").replace(">", "&gt;") in mail.html


def test_every_event_of_an_order_has_its_words(
    deliver: Callable[..., None], server: MailServer, tx: Any
) -> None:
    """Each is handled, and sent once however often it comes."""
    events = [
        told(OrderPaid),
        told(OrderShipped, carrier=None, tracking=None),
        told(OrderDelivered),
        told(OrderCancelled, reason=None),
        told(OrderExpired),
        told(OrderRefunded, amount=1, refunded=1, reason=None),
        told(OrderNoted, note="Soon", for_customer=True),
    ]
    assert {type(event) for event in events} == set(Changed.__subclasses__())
    for event in events:
        deliver(event)
    assert len(server.mails) == len(events)
    assert {mail.recipients[0] for mail in server.mails} == {"ada@example.com"}
    assert len({announced.kind for announced in sent(tx, EmailSent)}) == len(events)


def test_a_note_to_oneself_is_not_mailed(deliver: Callable[..., None], server: MailServer, tx: Any) -> None:
    deliver(told(OrderNoted, note="Odd customer", for_customer=False))
    assert server.mails == []
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
