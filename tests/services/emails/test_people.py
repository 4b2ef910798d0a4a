"""What people want is done; who has no mailbox is left alone; who wants to be forgotten is."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from mailserver import MailServer
from messages import NOW, order_placed
from wanted import said, send_bulk

from contracts.emails import EmailFailed, EmailSent, RecipientSuppressed
from emails.store import people
from mesh.testing import around, raw, sent

Deliver = Callable[..., None]


def wants(tx: Any, kind: str = "newsletter", channel: str = "email", account: str | None = "acme") -> bool:
    return people.wants(tx, account, "ada@example.com", kind, channel)


def test_who_says_nothing_gets_everything(tx: Any) -> None:
    assert wants(tx)
    assert wants(tx, "receipt")


def test_what_is_declined_comes_no_more_of_that_seller_on_that_channel(deliver: Deliver, tx: Any) -> None:
    deliver(said())
    assert not wants(tx)
    assert wants(tx, account="other")
    assert wants(tx, channel="push")
    assert wants(tx, "offers")


def test_the_latest_word_holds_in_whatever_order_they_come(deliver: Deliver, tx: Any) -> None:
    later = said(wanted=True, said_at=NOW + timedelta(seconds=1))
    deliver(later)
    deliver(said())
    assert wants(tx)


def test_capitals_in_an_address_are_the_same_person(deliver: Deliver, tx: Any) -> None:
    deliver(said(email="Ada@Example.COM"))
    assert not wants(tx)


def test_marketing_as_a_whole_stops_nothing_that_answers_them(deliver: Deliver, tx: Any) -> None:
    deliver(said(kind="marketing"))
    assert not wants(tx)
    assert not wants(tx, "offers")
    assert wants(tx, "shipping")
    assert wants(tx, "report")


def test_one_kind_may_be_wanted_of_what_is_declined_as_a_whole(deliver: Deliver, tx: Any) -> None:
    deliver(said(kind="marketing"), said(wanted=True))
    assert wants(tx)
    assert not wants(tx, "offers")


def test_a_receipt_cannot_be_declined(deliver: Deliver, tx: Any, server: MailServer) -> None:
    deliver(said(kind="receipt"))
    deliver(order_placed(account="acme"))
    assert len(server.mails) == 1


def test_a_mailbox_that_does_not_exist_is_written_to_once(
    deliver: Deliver, tx: Any, server: MailServer
) -> None:
    server.refuses = {"RCPT": "550 5.1.1 no such user"}
    deliver(envelope := around(order_placed()))
    [suppressed] = sent(tx, RecipientSuppressed)
    assert (suppressed.email, suppressed.mail_id) == ("ada@example.com", envelope.id)
    [failed] = sent(tx, EmailFailed)
    assert (failed.mail_id, failed.kind, failed.reason) == (envelope.id, "receipt", "refused")
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)  # nothing to repair

    server.refuses = {}
    deliver(order_placed(customer={"email": "ADA@example.com"}))
    assert server.mails == []
    assert [f.reason for f in sent(tx, EmailFailed)] == ["refused", "suppressed"]
    states = [state for (state,) in tx.execute("SELECT state FROM mails ORDER BY intended_at")]
    assert states == ["failed", "suppressed"]


@pytest.mark.parametrize(
    "reply", ["550 5.7.1 your address has a poor reputation", "554 spam", "552 5.2.2 full"]
)
def test_other_refusals_suppress_nobody(deliver: Deliver, tx: Any, server: MailServer, reply: str) -> None:
    server.refuses = {"RCPT": reply}
    deliver(order_placed())
    assert sent(tx, RecipientSuppressed) == []
    assert [f.reason for f in sent(tx, EmailFailed)] == ["refused"]
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (1,)


def test_a_mail_that_comes_through_later_did_not_fail(deliver: Deliver, tx: Any, server: MailServer) -> None:
    server.refuses = {"RCPT": "451 greylisted"}
    deliver(envelope := around(order_placed()))
    assert tx.execute("SELECT state, doubts FROM mails").fetchall() == [("waiting", 0)]
    server.refuses = {}
    deliver(raw(envelope, "emails", retries=1))
    assert tx.execute("SELECT state, doubts FROM mails").fetchall() == [("sent", 0)]
    assert (sent(tx, EmailFailed), len(sent(tx, EmailSent))) == ([], 1)


def test_what_failed_at_every_try_is_told_once(deliver: Deliver, tx: Any, server: MailServer) -> None:
    server.refuses = {"RCPT": "451 greylisted"}
    envelope = around(order_placed())
    deliver(raw(envelope, "emails", retries=48))
    deliver(raw(envelope, "emails", retries=49))
    assert [f.reason for f in sent(tx, EmailFailed)] == ["exhausted"]
    assert tx.execute("SELECT state FROM mails").fetchall() == [("failed",)]


def test_an_operator_suppresses_and_releases(emails: Callable[..., Any], tx: Any) -> None:
    assert emails("suppressions", "add", "Ada@example.com")[:2] == (0, "suppressed\n")
    assert emails("suppressions", "add", "ada@example.com")[0] == 1
    assert "Ada@example.com" in emails("suppressions", "list")[1]
    assert len(sent(tx, RecipientSuppressed)) == 1
    assert emails("suppressions", "remove", "ada@example.com")[:2] == (0, "released\n")
    assert emails("suppressions", "list")[1] == ""


def test_a_person_reads_all_that_is_known_of_them(
    emails: Callable[..., Any], deliver: Deliver, server: MailServer
) -> None:
    deliver(order_placed())
    deliver(said())
    server.refuses = {"RCPT": "451 greylisted"}
    deliver(around(order_placed(customer={"email": "Ada@example.com"})))
    code, output, _ = emails("person", "export", "ada@example.com")
    known = json.loads(output)
    assert code == 0
    assert [mail["state"] for mail in known["mails"]] == ["sent", "waiting"]
    assert [p["kind"] for p in known["preferences"]] == ["newsletter"]
    assert [(m["place"], m["name"]) for m in known["messages"]] == [("outbox", "orders.order_placed")]


def test_who_is_erased_is_in_no_table(
    emails: Callable[..., Any], deliver: Deliver, server: MailServer, tx: Any
) -> None:
    deliver(order_placed())
    deliver(said())
    server.refuses = {"RCPT": "550 5.1.1 no such user"}
    deliver(order_placed())
    server.refuses = {"DATA": "554 no"}
    deliver(order_placed(customer={"email": "bob@example.com"}))
    batch = around(send_bulk("ada", "bob"))
    deliver(batch)
    assert emails("person", "erase", "ada@example.com")[:2] == (0, "erased\n")
    tables = [name for (name,) in tx.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    for table in tables:
        rows = tx.execute(f"SELECT t::text FROM {table} t").fetchall()
        assert not [row for row in rows if "ada@" in row[0].lower()], table
    assert "bob@example.com" in json.dumps(json.loads(emails("person", "export", "bob@example.com")[1]))


def test_who_is_erased_still_wants_no_mails(
    emails: Callable[..., Any], deliver: Deliver, server: MailServer, tx: Any
) -> None:
    deliver(said())
    server.refuses = {"RCPT": "550 5.1.1 no such user"}
    deliver(order_placed())
    emails("person", "erase", "ada@example.com")
    assert not wants(tx)
    deliver(envelope := around(order_placed()))
    [(state,)] = tx.execute("SELECT state FROM mails WHERE id = %s", (envelope.id,))
    assert state == "suppressed"
    assert "(forgotten)" in emails("suppressions", "list")[1]


def test_only_who_is_meant_is_erased_and_exported(
    emails: Callable[..., Any], deliver: Deliver, server: MailServer, tx: Any
) -> None:
    """Addresses are parts of others."""
    server.refuses = {"RCPT": "451 greylisted"}
    names = ("grada@example.com", "ada@example.com.au", "ADA@example.com")
    deliver(*(order_placed(customer={"email": name}) for name in names))
    known = json.loads(emails("person", "export", "ada@example.com")[1])
    assert len(known["messages"]) == 1
    emails("person", "erase", "ada@example.com")
    left = [row[0] for row in tx.execute("SELECT envelope->'data'->'customer'->>'email' FROM outbox")]
    assert sorted(filter(None, left)) == ["ada@example.com.au", "grada@example.com"]


def test_a_refusal_of_ourselves_says_nothing_of_who_is_written_to(
    deliver: Deliver, tx: Any, server: MailServer
) -> None:
    server.refuses = {"MAIL": "550 5.2.1 this sending account is disabled"}
    deliver(order_placed())
    assert sent(tx, RecipientSuppressed) == []
    assert tx.execute("SELECT count(*) FROM dead_letters").fetchone() == (1,)
