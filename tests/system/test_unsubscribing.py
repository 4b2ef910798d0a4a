"""One click in a mail program: from the mail that was sent to the next one, which is not."""

import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from api import Api, served
from links import LINK_KEY
from mailserver import MailServer
from tables import emptied
from wanted import send_bulk

from contracts.emails import BulkSent, SendBulk, SendBulkMail, SetPreference
from emails.settings import Settings
from emails.tasks import consumer
from emails.wiring import open_deps
from mesh import testing
from mesh.database import Tx
from mesh.testing import sent


@pytest.fixture
def orders(new_database: Callable[[str], str]) -> Iterator[Api]:
    with served(new_database("orders.migrations"), link_keys=[LINK_KEY]) as api:
        yield api


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


class Emails:
    """The service, whose links lead to the API."""

    def __init__(self, deliver: Callable[..., None], tx: Tx) -> None:
        self.deliver = deliver
        self._tx = tx

    def send(self, batch: SendBulk) -> BulkSent:
        """All of its mails; returns what is told of them."""
        self.deliver(batch)
        self.deliver(*sent(self._tx, SendBulkMail))
        [ended] = sent(self._tx, BulkSent)
        self._tx.execute("DELETE FROM outbox")
        return ended


@pytest.fixture
def emails(
    orders: Api, server: MailServer, new_database: Callable[[str], str], opened: Any
) -> Iterator[Emails]:
    url = new_database("emails.migrations")
    settings = Settings(
        database_url=url,
        broker_url="streams+redis://unused",
        smtp_url=server.url,
        mail_from="Meshwork <orders@meshwork.example>",
        public_url=f"http://127.0.0.1:{orders.port}",
        link_keys=(LINK_KEY,),
    )
    with open_deps(settings) as deps, emptied(url) as tx:
        database = opened(url)
        yield Emails(lambda *messages: testing.deliver(consumer, database, deps, *messages), tx)


def test_one_click_and_the_next_mail_does_not_come(orders: Api, server: MailServer, emails: Emails) -> None:
    """RFC 8058, as a mail program does it: the header's own URL, the form that it names, and no more."""
    ended = emails.send(send_bulk("ada", "bob"))
    assert (ended.sent, ended.unwanted) == (2, 0)
    [adas] = [mail.message for mail in server.mails if mail.recipients == ["ada@example.com"]]
    form, link = adas["List-Unsubscribe-Post"], adas["List-Unsubscribe"]
    assert form == "List-Unsubscribe=One-Click"
    assert (link[0], link[-1]) == ("<", ">")

    with emptied(orders.url) as told:
        with urllib.request.urlopen(link[1:-1], form.encode(), timeout=60) as answer:
            assert answer.status == 200
        [said] = sent(told, SetPreference)
    emails.deliver(said)

    server.mails.clear()
    ended = emails.send(send_bulk("ada", "bob"))
    assert [mail.recipients for mail in server.mails] == [["bob@example.com"]]
    assert (ended.sent, ended.unwanted) == (1, 1)
