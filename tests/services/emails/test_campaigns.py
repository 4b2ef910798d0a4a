"""Many mails of one kind: each a message of its own, in a lane of its own, and counted to the last."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from mailserver import MailServer
from outcomes import dead
from wanted import said, send_bulk

from contracts import Envelope
from contracts.emails import BulkSent, EmailFailed, EmailSent, SendBulk, SendBulkMail
from contracts.links import Unsubscribe
from emails.store import campaigns
from emails.usecases import people
from emails.wiring import Deps
from mesh.testing import around, sent

Deliver = Callable[..., None]


def mails(tx: Any) -> list[Envelope]:
    """The mails that a batch has become, as they lie in the outbox."""
    rows = tx.execute(
        "SELECT envelope FROM outbox WHERE routing_key = 'emails.send_bulk_mail.v1.bulk' ORDER BY seq"
    )
    return [Envelope.read(row[0]) for row in rows]


def run(deliver: Deliver, tx: Any, *batches: SendBulk) -> None:
    for batch in batches:
        deliver(batch)
    deliver(*mails(tx))


def test_each_recipient_is_a_message_in_the_bulk_lane(deliver: Deliver, tx: Any) -> None:
    deliver(wanted := send_bulk("ada", "bob", "cleo"))
    found = [m.open() for m in mails(tx)]
    assert [m.recipient.email for m in found if isinstance(m, SendBulkMail)] == [
        "ada@example.com",
        "bob@example.com",
        "cleo@example.com",
    ]
    assert tx.execute("SELECT remaining FROM campaigns").fetchone() == (3,)
    assert len(wanted.recipients) == 3


def test_a_batch_that_comes_twice_is_one(deliver: Deliver, tx: Any) -> None:
    envelope = around(send_bulk("ada"))
    deliver(envelope)
    deliver(envelope)
    assert len(mails(tx)) == 1


def test_everybody_gets_it_and_the_end_is_told_once(deliver: Deliver, tx: Any, server: MailServer) -> None:
    wanted = send_bulk("ada", "bob")
    run(deliver, tx, wanted)
    assert sorted(m.recipients[0] for m in server.mails) == ["ada@example.com", "bob@example.com"]
    [ended] = sent(tx, BulkSent)
    assert (ended.campaign_id, ended.sent, ended.failed, ended.unwanted) == (wanted.campaign_id, 2, 0, 0)
    assert sent(tx, EmailSent) == []  # of 50,000 nobody wants to hear one by one
    assert tx.execute("SELECT ended_at IS NOT NULL FROM campaigns").fetchone() == (True,)


def test_a_campaign_ends_with_its_last_batch(deliver: Deliver, tx: Any) -> None:
    id = uuid4()
    run(deliver, tx, send_bulk("ada", of=3, campaign_id=id))
    assert sent(tx, BulkSent) == []
    tx.execute("DELETE FROM outbox")
    run(deliver, tx, send_bulk("bob", "cleo", of=3, campaign_id=id))
    assert [e.sent for e in sent(tx, BulkSent)] == [3]


def test_who_is_named_twice_is_written_to_once(deliver: Deliver, tx: Any, server: MailServer) -> None:
    """In one batch or in several, whatever their capitals; and counted once. Another campaign is another."""
    id = uuid4()
    first = send_bulk("ada", "ada", "bob", of=3, campaign_id=id)
    run(deliver, tx, first, send_bulk("ADA", "cleo", of=3, campaign_id=id))
    assert sorted(m.recipients[0].lower() for m in server.mails) == [
        "ada@example.com",
        "bob@example.com",
        "cleo@example.com",
    ]
    assert [e.sent for e in sent(tx, BulkSent)] == [3]
    deliver(send_bulk("ada"))
    deliver(*mails(tx))
    assert len(server.mails) == 4


def test_a_batch_that_is_put_again_reaches_nobody_again(
    deliver: Deliver, tx: Any, server: MailServer
) -> None:
    """By a sender that did not know whether it had: the same people, under another message's id."""
    id = uuid4()
    for names in (["ada", "bob"], ["ada", "bob"], ["cleo"]):
        run(deliver, tx, send_bulk(*names, of=3, campaign_id=id))
    assert len(server.mails) == 3
    assert [e.sent for e in sent(tx, BulkSent)] == [3]


def test_a_campaign_that_says_too_few_or_too_many(deliver: Deliver, tx: Any, server: MailServer) -> None:
    """Each of its mails is sent all the same."""
    few, many = send_bulk("ada", "bob", of=1), send_bulk("cleo", of=2)
    run(deliver, tx, few, many)
    assert len(server.mails) == 3
    assert [(e.campaign_id, e.sent, e.failed) for e in sent(tx, BulkSent)] == [(few.campaign_id, 1, 0)]
    assert {p.id: p.remaining for p in campaigns.listed(tx)} == {few.campaign_id: -1, many.campaign_id: 1}


def test_it_has_a_link_by_which_it_comes_no_more(
    deliver: Deliver, tx: Any, server: MailServer, deps: Deps
) -> None:
    run(deliver, tx, send_bulk("ada"))
    [mail] = server.mails
    [link] = [word for word in mail.text("plain").split() if "/v1/unsubscribe/" in word]
    token = link.strip("<>().").rpartition("/")[2]
    found = deps.desk.links.read("unsubscribe", token, Unsubscribe)
    assert found == Unsubscribe(account="acme", email="ada@example.com", kind="newsletter")


def test_who_does_not_want_it_is_counted(deliver: Deliver, tx: Any, server: MailServer) -> None:
    deliver(said())
    run(deliver, tx, send_bulk("ada", "bob"))
    assert [m.recipients for m in server.mails] == [["bob@example.com"]]
    assert [(e.sent, e.unwanted) for e in sent(tx, BulkSent)] == [(1, 1)]
    assert sent(tx, EmailFailed) == []


def test_one_that_is_refused_is_counted_once(deliver: Deliver, tx: Any, server: MailServer) -> None:
    """And replayed, it is sent, and not counted again."""
    server.refuses = {"DATA": "554 5.7.1 no advertisements"}
    run(deliver, tx, send_bulk("ada"))
    assert [(e.sent, e.failed) for e in sent(tx, BulkSent)] == [(0, 1)]
    [(reason, _)] = dead(tx)
    assert reason == "rejected"
    server.refuses = {}
    deliver(*mails(tx))
    assert len(server.mails) == 1
    assert len(sent(tx, BulkSent)) == 1
    [progress] = campaigns.listed(tx)
    assert (progress.sent, progress.failed, progress.remaining) == (1, 0, 0)


def test_a_batch_that_is_not_known_says_so(deliver: Deliver, tx: Any) -> None:
    recipient = send_bulk("ada").recipients[0]
    about = {"account": None, "campaign_id": uuid4(), "batch_id": uuid4(), "kind": "newsletter"}
    deliver(SendBulkMail(recipient=recipient, **about))
    [(reason, error)] = dead(tx)
    assert reason == "rejected"
    assert "there is no batch" in error


def test_names_and_addresses_are_in_no_repr() -> None:
    shown = repr(send_bulk("ada"))
    assert "ada" not in shown.lower().replace("action", "")


def test_it_ends_also_where_a_mail_could_not_even_be_intended(deliver: Deliver, tx: Any) -> None:
    deliver(send_bulk("ada"))
    tx.execute("DELETE FROM batches")  # what it was to say is not known any more
    deliver(*mails(tx))
    assert [(e.sent, e.failed) for e in sent(tx, BulkSent)] == [(0, 1)]


def test_it_ends_without_whom_it_was_to_reach_and_who_was_erased(deliver: Deliver, tx: Any) -> None:
    deliver(send_bulk("ada", "bob"))
    ada, bob = mails(tx)
    people.erase("ada@example.com", tx)
    assert [m.id for m in mails(tx)] == [bob.id]
    deliver(bob)
    assert [(e.sent, e.unwanted) for e in sent(tx, BulkSent)] == [(1, 1)]
    assert ada.id != bob.id


def test_a_campaign_is_no_receipt(deliver: Deliver, tx: Any) -> None:
    """Nobody could decline it."""
    deliver(send_bulk("ada", kind="receipt"))
    [(reason, error)] = dead(tx)
    assert reason == "rejected"
    assert "a campaign is no receipt" in error
    assert mails(tx) == []
