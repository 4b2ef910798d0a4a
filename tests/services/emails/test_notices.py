"""What a customer reads of an order that has changed, and that it is read once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from mailserver import MailServer
from messages import CUSTOMER
from wanted import said

from contracts.emails import EmailFailed, EmailSent, SendPush
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
from emails import asked
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
            "Your order is on its way with DHL. Its tracking number is JD014.",
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
    wanted = asked.notice(event)
    assert asked.KINDS[wanted.what] == kind
    mail = TEMPLATES.notice(wanted)
    assert subject in mail.subject
    assert NUMBER in mail.subject
    assert mail.text.splitlines()[0] == "Hello Ada Lovelace,"
    assert f"\n\n{sentence}\n\n" in mail.text
    assert sentence.replace("<", "&lt;").replace(">", "&gt;") in mail.html


@pytest.mark.parametrize(
    ("event", "subject", "sentence"),
    [
        (told(OrderPaid, "ru"), "оплачен", f"Мы получили 1{NBSP}234,56{NBSP}€."),
        (
            told(OrderShipped, "ru-RU", carrier="СДЭК", tracking="42"),
            "в пути",
            "Ваш заказ в пути, его везёт СДЭК. Его трек-номер: 42.",
        ),
        (
            told(OrderShipped, "ru", carrier=None, tracking="42"),
            "в пути",
            "Ваш заказ в пути. Его трек-номер: 42.",
        ),
        (told(OrderDelivered, "ru"), "доставлен", "Ваш заказ доставлен."),
        (told(OrderCancelled, "ru", reason="нет"), "отменён", "Ваш заказ отменён. Причина: нет"),
        (told(OrderExpired, "ru"), "истёк", f"Мы не получили 1{NBSP}234,56{NBSP}€ вовремя. Заказ отменён."),
        (
            told(OrderRefunded, "ru", amount=1, refunded=1, reason=None),
            "Возврат",
            f"Мы отправили вам 0,01{NBSP}€.",
        ),
        (told(OrderNoted, "ru", note="Скоро", for_customer=True), "О вашем заказе", "Скоро"),
    ],
)
def test_the_same_in_russian(event: Changed, subject: str, sentence: str) -> None:
    mail = TEMPLATES.notice(asked.notice(event))
    assert subject in mail.subject
    assert mail.text.startswith("Здравствуйте, Ada Lovelace!\n\n")
    assert f"\n\n{sentence}\n\n" in mail.text
    assert sentence in mail.html


def test_a_desktop_is_told_the_same() -> None:
    event = told(OrderPaid, "ru")
    expected = f"Заказ {NUMBER} оплачен", f"Мы получили 1{NBSP}234,56{NBSP}€."
    assert TEMPLATES.push(asked.notice(event)) == expected


def test_a_desktop_has_little_room() -> None:
    title, body = TEMPLATES.push(asked.notice(told(OrderNoted, note="\u202elong " * 9999, for_customer=True)))
    assert title == f"About your order {NUMBER}"
    assert (len(body), body[-6:]) == (240, " long…")


def test_what_a_person_wrote_keeps_its_lines_and_nothing_unseen() -> None:
    note = "Soon\r\nthere\x00\u202e\n\n\n\nYours\u2028B\x1b" + " and more" * 12
    mail = TEMPLATES.notice(asked.notice(told(OrderNoted, note=note, for_customer=True)))
    shown = "Soon\nthere\n\nYours\nB and more and more"
    assert shown in mail.text
    assert shown in mail.html
    assert max(map(len, mail.text.splitlines())) <= 72


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


def test_who_subscribed_is_told_in_the_browser_too(deliver: Callable[..., None], tx: Any) -> None:
    """And who would rather have no mail of it, there alone."""
    tx.execute(
        "INSERT INTO push_subscriptions (id, account, email, browser, endpoint, p256dh, auth, added_at)"
        " VALUES (gen_random_uuid(), 'acme', 'ada@example.com', 'b', 'https://push.example', 'k', 'a', now())"
    )
    deliver(said(kind="payment"))
    deliver(told(OrderPaid, account="acme"))
    [push] = sent(tx, SendPush)
    assert (push.title, push.tag) == (f"Your order {NUMBER} is paid", f"order-{ID}")
    assert [f.reason for f in sent(tx, EmailFailed)] == ["unwanted"]
