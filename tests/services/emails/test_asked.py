"""Receipts and notices that another service asks for by a command, with no order that emails has heard of."""

from collections.abc import Callable
from typing import Any

import pytest
from mailserver import MailServer
from outcomes import dead
from wanted import said, send_notice, send_receipt

from contracts.emails import EmailFailed, EmailSent, SendNotice, SendPush, SendReceipt
from mesh.testing import around, sent

Deliver = Callable[..., None]
COMMANDS = pytest.mark.parametrize(
    ("wanted", "kind"), [(send_receipt(), "receipt"), (send_notice(), "shipping")], ids=["receipt", "notice"]
)


def test_a_receipt_says_what_the_command_does(deliver: Deliver, server: MailServer) -> None:
    deliver(wanted := send_receipt())
    [mail] = server.mails
    number = str(wanted.order_id)[-12:].upper()
    assert mail.recipients == ["ada@example.com"]
    assert mail.to == ("Ada Lovelace", "ada@example.com")
    assert mail.message["Subject"] == f"Your order {number}"
    for kind in ("plain", "html"):
        text = mail.text(kind)
        assert [word for word in ("Tea", "T-1", "March 1, 2026", "€9.00") if word not in text] == []


def test_a_notice_says_what_the_command_does(deliver: Deliver, server: MailServer) -> None:
    deliver(wanted := send_notice())
    [mail] = server.mails
    number = str(wanted.order_id)[-12:].upper()
    assert mail.recipients == ["ada@example.com"]
    assert mail.message["Subject"] == f"Your order {number} is on its way"
    sentence = "Your order is on its way with DHL. Its tracking number is JD014."
    assert sentence in mail.text("plain")
    assert sentence in mail.text("html")


@COMMANDS
def test_one_that_comes_twice_is_sent_and_told_once(
    deliver: Deliver, server: MailServer, tx: Any, wanted: SendReceipt | SendNotice, kind: str
) -> None:
    envelope = around(wanted)
    deliver(envelope, envelope)
    deliver(envelope)
    [mail] = server.mails
    assert mail.message["Message-ID"] == f"<{envelope.id}@meshwork.example>"
    assert mail.message["X-Order-Id"] == str(wanted.order_id)
    assert mail.message["List-Unsubscribe"] is None  # it answers what she did
    [told] = sent(tx, EmailSent)
    assert (told.mail_id, told.kind, told.order_id) == (envelope.id, kind, wanted.order_id)


@COMMANDS
def test_one_that_is_refused_is_told_and_kept(
    deliver: Deliver, server: MailServer, tx: Any, wanted: SendReceipt | SendNotice, kind: str
) -> None:
    server.refuses = {"DATA": "554 5.7.1 we do not like it"}
    envelope = around(wanted)
    deliver(envelope)
    [told] = sent(tx, EmailFailed)
    assert (told.mail_id, told.kind, told.order_id) == (envelope.id, kind, wanted.order_id)
    assert told.reason == "refused"
    assert [reason for reason, _ in dead(tx)] == ["rejected"]


def test_whose_customer_it_is_comes_from_the_command(deliver: Deliver, server: MailServer, tx: Any) -> None:
    """What Ada said to acme holds for acme alone, and for no receipt."""
    deliver(said(kind="shipping"), said(kind="receipt"))
    deliver(send_notice(), send_notice(account="other"), send_notice(account=None))
    deliver(send_receipt())
    assert sorted(told.kind for told in sent(tx, EmailSent)) == ["receipt", "shipping", "shipping"]
    assert [told.reason for told in sent(tx, EmailFailed)] == ["unwanted"]


def test_a_notice_is_also_for_the_browsers_and_a_receipt_is_not(deliver: Deliver, tx: Any) -> None:
    tx.execute(
        "INSERT INTO push_subscriptions (id, account, email, browser, endpoint, p256dh, auth, added_at)"
        " VALUES (gen_random_uuid(), 'acme', 'ada@example.com', 'b', 'https://push.example', 'k', 'a', now())"
    )
    envelope = around(send_notice())
    deliver(send_receipt())
    deliver(envelope, envelope)
    assert [push.body for push in sent(tx, SendPush)] == [
        "Your order is on its way with DHL. Its tracking number is JD014."
    ]
