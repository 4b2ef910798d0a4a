"""Campaigns have workers of their own: a receipt does not wait behind them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mailserver import MailServer
from messages import order_placed
from programs import Program, eventually, together
from wanted import send_bulk

from embedded.valkey import Valkey
from mesh import outbox

MANY = 150


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


@pytest.fixture
def workers(server: MailServer, url: str, valkey: Valkey, tmp_path: Path) -> Iterator[list[Program]]:
    """One for each lane, and a relay; mails of campaigns go one by one, ten a second."""
    told = {
        "DATABASE_URL": url,
        "BROKER_URL": valkey.url,
        "SMTP_URL": server.url,
        "MAIL_FROM": "orders@meshwork.example",
        "PUBLIC_URL": "https://api.meshwork.example",
        "LINK_KEYS": "bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",
        "BULK_RATE": "10/1",
        "CONCURRENCY": "1",
    }
    commands = (("worker", "--lane", "default"), ("worker", "--lane", "bulk"), ("relay",))
    with together("emails", *commands, folder=tmp_path, **told) as programs:
        yield programs


def test_a_receipt_goes_before_a_campaign_that_came_first(
    workers: list[Program], server: MailServer, tx: Any
) -> None:
    outbox.put(tx, send_bulk(*(f"n{n}" for n in range(MANY))), lane="bulk")
    eventually(lambda: len(server.mails) >= 3, "the campaign is under way")
    outbox.put(tx, order_placed())

    def receipt() -> list[int]:
        came = [mail.recipients for mail in server.mails]
        return [place for place, to in enumerate(came) if to == ["ada@example.com"]]

    [place] = eventually(receipt, "the receipt comes")
    assert place < MANY - 20  # however slow this machine is, the campaign is far from its end
    for program in workers:
        assert "@example.com" not in program.log.read_text()  # nobody's address is in a log
