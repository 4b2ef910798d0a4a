"""`emails in-doubt` and `emails campaigns`, as an operator calls them: what became of mails."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import mails
import pytest
from mailserver import MailServer
from messages import order_placed
from scripted import Scripted
from wanted import said, send_bulk

from contracts import Envelope
from contracts.emails import SendBulk
from emails.tasks import consumer
from emails.wiring import Deps
from mesh import Database, testing
from mesh.testing import around

Deliver = Callable[..., None]
Emails = Callable[..., Any]
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_MAILS = "SELECT envelope FROM outbox WHERE name = 'emails.send_bulk_mail' ORDER BY seq"


def mails_of(tx: Any, batch: SendBulk, deliver: Deliver) -> list[Envelope]:
    """Those that a batch has become, taken out of the outbox."""
    deliver(batch)
    found = [Envelope.read(envelope) for (envelope,) in tx.execute(_MAILS)]
    tx.execute("DELETE FROM outbox")
    return found


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


@pytest.fixture
def doubtful(database: Database, deps: Deps) -> Deliver:
    """Deliver where the mail server takes each mail, and hangs up without a word."""

    def deliver(*messages: Any) -> None:
        with Scripted(does={"end": "close"}) as server:
            desk = replace(deps.desk, mailer=mails.mailer(server.url))
            testing.deliver(consumer, database, replace(deps, desk=desk), *messages)
            desk.mailer.close()

    return deliver


def test_where_nothing_is_in_doubt(emails: Emails, deliver: Deliver, tx: Any) -> None:
    deliver(order_placed())
    assert emails("in-doubt")[:2] == (0, "")


def test_what_is_in_doubt_is_counted_and_listed(
    emails: Emails, deliver: Deliver, doubtful: Deliver, tx: Any
) -> None:
    receipts = [around(order_placed()) for _ in range(2)]
    newsletter, _ = mails_of(tx, send_bulk("ada", "bob"), deliver)
    doubtful(*receipts)
    doubtful(newsletter)
    doubtful(receipts[0])
    deliver(order_placed())  # of which nobody doubts
    code, output, errors = emails("in-doubt")
    assert (code, errors) == (0, "")
    counts, listed = output.splitlines()[:2], output.splitlines()[2:]
    assert [line.split(maxsplit=2) for line in counts] == [
        ["1", "newsletter", "left as they are"],
        ["2", "receipt", "sent again"],
    ]
    told = {}
    for line in listed:
        found = re.fullmatch(rf"{_TIME}  (\S+)  (\S+) +(.+)", line)
        assert found, line
        told[found[1]] = (found[2], found[3])
    assert told == {
        str(receipts[0].id): ("receipt", "sent again, 2 time(s) in doubt"),
        str(receipts[1].id): ("receipt", "sent again, 1 time(s) in doubt"),
        str(newsletter.id): (
            "newsletter",
            "left as it is: `emails dead-letters replay ID` sends it once more, `discard` leaves it at that",
        ),
    }


def test_what_it_says_of_an_id_can_be_done(
    emails: Emails, deliver: Deliver, doubtful: Deliver, tx: Any
) -> None:
    """The mail's id is its dead letter's."""
    [newsletter] = mails_of(tx, send_bulk("ada"), deliver)
    doubtful(newsletter)
    assert str(newsletter.id) in emails("in-doubt")[1]
    assert emails("dead-letters", "replay", str(newsletter.id))[0] == 0
    assert str(newsletter.id) in {str(id) for (id,) in tx.execute("SELECT message_id FROM outbox")}


def test_only_of_the_last_days(emails: Emails, doubtful: Deliver, tx: Any) -> None:
    old, young = around(order_placed()), around(order_placed())
    doubtful(old, young)
    tx.execute("UPDATE mails SET intended_at = now() - interval '8 days' WHERE id = %s", (old.id,))
    of_a_week, of_nine = emails("in-doubt")[1], emails("in-doubt", "--days", "9")[1]
    assert (str(old.id) in of_a_week, str(young.id) in of_a_week) == (False, True)
    assert of_nine.index(str(young.id)) < of_nine.index(str(old.id))  # the newest first
    assert emails("in-doubt", "--days", "0")[0] == 2


def test_how_far_each_campaign_is(emails: Emails, deliver: Deliver, server: MailServer, tx: Any) -> None:
    deliver(said())  # Ada wants none
    over, begun = send_bulk("ada", "bob", "cleo", "dan"), send_bulk("eve", "fay", of=30, kind="offers")
    unwanted, refused, *rest = mails_of(tx, over, deliver)
    server.refuses = {"DATA": "554 5.7.1 no advertisements"}
    deliver(unwanted, refused)
    server.refuses = {}
    deliver(*rest)
    deliver(*mails_of(tx, begun, deliver)[:1])
    code, output, errors = emails("campaigns")
    assert (code, errors) == (0, "")
    newest, oldest = output.splitlines()
    assert re.split(" {2,}", newest, maxsplit=1)[0] == str(begun.campaign_id)
    assert newest.endswith(" offers         29 to go: 1 sent, 0 failed, 0 unwanted")
    ended = (
        rf"{over.campaign_id}  newsletter +ended \d{{4}}-\d\d-\d\d \d\d:\d\d: 2 sent, 1 failed, 1 unwanted"
    )
    assert re.fullmatch(ended, oldest)


def test_where_there_are_no_campaigns(emails: Emails, tx: Any) -> None:
    assert emails("campaigns")[:2] == (0, "")
