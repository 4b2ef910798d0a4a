"""Receipts on their way to a real SMTP server: once, soon, and to nobody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import mails
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mailserver import MailServer
from messages import order_placed

from contracts.emails import EmailSent
from contracts.orders import Line
from emails import asked
from emails.domain import Mail
from emails.tasks import consumer
from emails.wiring import Deps
from mesh import Database, deadletters, testing
from mesh.testing import around, raw, sent

Deliver = Callable[..., None]


def waiting(tx: Any) -> list[int]:
    """The messages that wait for another try: how many they had."""
    return [row[0] for row in tx.execute("SELECT retries FROM outbox WHERE queue = 'emails.v1'")]


def dead(tx: Any) -> list[tuple[str, str]]:
    return [(d.reason, d.error) for d in deadletters.listed(tx)]


def test_an_order_is_answered_with_a_receipt(deliver: Deliver, server: MailServer) -> None:
    envelope = around(placed := order_placed())
    deliver(envelope)
    [mail] = server.mails
    assert mail.recipients == ["ada@example.com"]
    message = mail.message
    assert message["Message-ID"] == f"<{envelope.id}@meshwork.example>"
    assert message["From"] == "Meshwork <orders@meshwork.example>"
    assert mail.to == ("Ada Lovelace", "ada@example.com")
    assert message["X-Order-Id"] == str(placed.order_id)
    assert abs(parsedate_to_datetime(message["Date"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Total: €9.00" in mail.text("plain")
    assert "€9.00" in mail.text("html")


def test_a_sent_receipt_is_announced(deliver: Deliver, server: MailServer, tx: Any) -> None:
    started = datetime.now(UTC)
    envelope = around(placed := order_placed())
    deliver(envelope)
    [announced] = sent(tx, EmailSent)
    assert (announced.mail_id, announced.kind, announced.order_id) == (
        envelope.id,
        "receipt",
        placed.order_id,
    )
    assert started <= announced.sent_at <= datetime.now(UTC)
    [row] = tx.execute("SELECT order_id, to_address, tries, sent_at FROM mails").fetchall()
    assert row == (placed.order_id, "ada@example.com", 1, announced.sent_at)


def test_a_duplicate_is_not_sent_again(deliver: Deliver, server: MailServer, tx: Any) -> None:
    envelope = around(order_placed())
    deliver(envelope, envelope)
    deliver(envelope)
    assert len(server.mails) == len(sent(tx, EmailSent)) == 1


NAMES = ["Łukasz Ünsal", "O'Brien, Bob", 'Bob "B" Back\\slash', "@", "", "愛" * 200, "🫖 " * 100]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_is(deliver: Deliver, server: MailServer, name: str) -> None:
    deliver(order_placed(customer={"name": name}))
    [mail] = server.mails
    assert mail.to == (name.strip(), "ada@example.com")
    assert max(map(len, mail.content.splitlines())) < 998


EVIL = "Ada\r\nBcc: eve@example.com\r\n\r\nBuy!"


@pytest.mark.parametrize(
    "name", [EVIL, "Ada\nBcc: eve@example.com", "Ada\u2028Bcc: eve\x00\x1b", "a, <eve@example.com>"]
)
def test_a_name_adds_no_header_and_no_recipient(deliver: Deliver, server: MailServer, name: str) -> None:
    deliver(
        order_placed(customer={"name": name}, lines=(Line(sku=EVIL, name=EVIL, quantity=1, unit_price=1),))
    )
    [mail] = server.mails
    assert mail.recipients == ["ada@example.com"]
    shown, address = mail.to
    assert (shown.isprintable(), address) == (True, "ada@example.com")
    assert [to.addr_spec for to in mail.message["To"].addresses] == [address]
    assert mail.message["Bcc"] is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(max_size=300))
def test_no_name_costs_the_mail(deps: Deps, server: MailServer, name: str) -> None:
    content = deps.desk.templates.receipt(asked.receipt(order_placed()))
    mail = Mail(uuid4(), "receipt", name, "ada@example.com", content, order_id=uuid4())
    deps.desk.mailer.send(mail)
    assert server.mails[-1].to[1] == "ada@example.com"
    assert server.mails[-1].message["X-Order-Id"] == str(mail.order_id)


@pytest.mark.parametrize(
    ("address", "recipient"),
    [
        ("ada+tea@example.com", "ada+tea@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("Ada@Example.COM", "Ada@Example.COM"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@faß.example", "ada@xn--fa-hia.example"),
    ],
)
def test_unusual_addresses(deliver: Deliver, server: MailServer, address: str, recipient: str) -> None:
    deliver(order_placed(customer={"email": address}))
    [mail] = server.mails
    assert mail.recipients == [recipient]
    assert mail.to[1] == recipient
    assert "SMTPUTF8" not in mail.options


def test_an_address_beyond_ascii_is_for_servers_that_take_it(deliver: Deliver, server: MailServer) -> None:
    deliver(order_placed(customer={"email": "üñ@bücher.example", "name": "Ünsal"}))
    [mail] = server.mails
    assert mail.recipients == ["üñ@xn--bcher-kva.example"]
    assert "SMTPUTF8" in mail.options
    assert "<üñ@xn--bcher-kva.example>" in mail.content.decode()


def test_an_address_beyond_ascii_is_kept_where_the_server_does_not(
    deliver: Deliver, server: MailServer, tx: Any
) -> None:
    server.smtputf8 = False
    deliver(order_placed(customer={"email": "üñ@example.com"}), order_placed())
    [(reason, error)] = dead(tx)
    assert reason == "rejected"
    assert "SMTPUTF8" in error
    assert len(server.mails) == 1


def test_a_domain_that_cannot_be_is_a_dead_letter(deliver: Deliver, server: MailServer, tx: Any) -> None:
    deliver(order_placed(customer={"email": "ada@\u2665-.example"}), order_placed())
    assert dead(tx) == [("rejected", "Refused: the domain of the address is none that the DNS could know")]
    assert len(server.mails) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_not_now_is_tried_again(deliver: Deliver, server: MailServer, tx: Any, command: str) -> None:
    server.refuses = {command: "451 greylisted, come back"}
    envelope = around(order_placed())
    deliver(envelope)
    assert (server.mails, sent(tx, EmailSent), dead(tx), waiting(tx)) == ([], [], [], [1])
    server.refuses = {}
    deliver(raw(envelope, "emails", retries=1))
    assert len(server.mails) == len(sent(tx, EmailSent)) == 1
    assert tx.execute("SELECT tries FROM mails").fetchall() == [(2,)]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_never_is_a_dead_letter(deliver: Deliver, server: MailServer, tx: Any, command: str) -> None:
    server.refuses = {command: "550 5.7.1 we do not like it"}
    deliver(order_placed())
    assert dead(tx) == [("rejected", "Refused: the mail server said 550 5.7.1 we do not like it")]
    assert (server.mails, sent(tx, EmailSent), waiting(tx)) == ([], [], [])


def test_a_server_that_refuses_us_says_nothing_of_the_mail(
    deliver: Deliver, server: MailServer, tx: Any
) -> None:
    server.refuses = {"EHLO": "554 you are not welcome today"}
    deliver(order_placed())
    assert (dead(tx), waiting(tx)) == ([], [0])


def test_a_wrong_password_costs_no_mail(server: MailServer, deps: Deps, database: Database, tx: Any) -> None:
    mailer = mails.mailer(server.url.replace("//", "//user:s3cr3t@"))
    testing.deliver(consumer, database, replace(deps, desk=replace(deps.desk, mailer=mailer)), order_placed())
    assert (dead(tx), waiting(tx)) == ([], [0])


def test_one_refused_mail_leaves_its_neighbours(deliver: Deliver, server: MailServer, tx: Any) -> None:
    server.smtputf8 = False
    deliver(order_placed(), order_placed(customer={"email": "üñ@example.com"}), order_placed())
    assert len(server.mails) == len(sent(tx, EmailSent)) == 2
    assert [reason for reason, _ in dead(tx)] == ["rejected"]


def test_a_server_that_is_away_is_waited_for(deliver: Deliver, server: MailServer, tx: Any) -> None:
    envelope = around(order_placed())
    server.stop()
    deliver(envelope)
    assert (dead(tx), waiting(tx)) == ([], [0])
    server.start()
    deliver(envelope)
    assert len(server.mails) == 1


def test_a_server_may_be_away_for_days(deliver: Deliver, server: MailServer, tx: Any) -> None:
    server.stop()
    deliver(raw(around(order_placed()), "emails", retries=49))
    assert (dead(tx), waiting(tx)) == ([], [49])


def test_a_connection_is_kept(deliver: Deliver, server: MailServer) -> None:
    for _ in range(3):
        deliver(order_placed(), order_placed())
    assert (len(server.mails), len(server.connections)) == (6, 1)


@pytest.mark.parametrize("goodbye", [b"", b"421 4.4.2 idle for too long\r\n"])
def test_a_kept_connection_that_the_server_closed_costs_no_attempt(
    deliver: Deliver, server: MailServer, tx: Any, goodbye: bytes
) -> None:
    deliver(order_placed())
    server.hang_up(goodbye)
    deliver(order_placed())
    assert (len(server.mails), len(server.connections), waiting(tx)) == (2, 2, [])


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_refused_mail_leaves_its_connection(deliver: Deliver, server: MailServer, command: str) -> None:
    server.refuses = {command: "550 not that one"}
    deliver(order_placed())
    server.refuses = {}
    deliver(order_placed())
    assert (len(server.mails), len(server.connections)) == (1, 1)
