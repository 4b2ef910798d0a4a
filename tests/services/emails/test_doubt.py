"""kill -9 between the word of a mail server and our record of it: what may be there twice is known.

Real workers, a real relay, a real broker. The worker dies with a mail just taken: the worst moment there is.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mailserver import Mail, MailServer
from messages import order_placed
from outcomes import dead
from programs import Program, eventually
from wanted import send_bulk

from embedded.valkey import Valkey
from mesh import deadletters, outbox

KILLS = 4
MAILS = 60


class Deadly(list[Mail]):
    """The mails that a server took: every so often, whoever handed one over is killed before it hears so."""

    def __init__(self, worker: Program) -> None:
        super().__init__()
        self.worker = worker
        self.kills = 0

    def append(self, mail: Mail) -> None:
        super().append(mail)
        # Those in doubt may never come: the last kill is due long before all could have.
        if len(self) % 10 == 3 and self.kills < KILLS:
            os.kill(self.worker.pid, signal.SIGKILL)
            self.kills += 1

    def addresses(self) -> Counter[str]:
        return Counter(mail.recipients[0] for mail in self)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(pipelining=True) as server:
        yield server


@pytest.fixture
def deadly(server: MailServer, url: str, valkey: Valkey, tmp_path: Path) -> Iterator[Deadly]:
    """A worker and a relay that send to `server`, which kills the worker."""
    told = {
        "DATABASE_URL": url,
        "BROKER_URL": valkey.url,
        "SMTP_URL": server.url,
        "MAIL_FROM": "orders@meshwork.example",
        "PUBLIC_URL": "https://api.meshwork.example",
        "LINK_KEYS": "bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",
    }
    worker, relay = (Program("emails", role, folder=tmp_path, **told) for role in ("worker", "relay"))
    server.mails = deadly = Deadly(worker)
    try:
        for program in (worker, relay):
            program.start()
        for program in (worker, relay):
            program.ready()
        yield deadly
    finally:
        for program in (worker, relay):
            program.destroy()


def handled(tx: Any, deadly: Deadly, ended: str) -> Callable[[], bool]:
    """Whether all mails have met their end. Starts the worker again where it has died."""

    def look() -> bool:
        if not deadly.worker.alive:
            deadly.worker.start()
        [[count]] = tx.execute(f"SELECT count(*) FROM mails WHERE state IN ({ended})").fetchall()
        return bool(count == MAILS)

    return look


@pytest.mark.timeout(300)
def test_a_receipt_rather_twice_than_never(deadly: Deadly, tx: Any) -> None:
    people = [f"{n}@example.com" for n in range(MAILS)]
    outbox.put(tx, *(order_placed(customer={"email": email}) for email in people))
    eventually(handled(tx, deadly, "'sent'"), "every receipt is sent", 200)
    came = deadly.addresses()
    assert set(came) == set(people)
    again = sum(came.values()) - MAILS
    [[doubts]] = tx.execute("SELECT sum(doubts) FROM mails").fetchall()
    print(f"{deadly.kills} kills, {MAILS} receipts: {doubts} in doubt, {again} of them sent twice")
    assert deadly.kills == KILLS
    assert KILLS <= again <= doubts
    known = tx.execute("SELECT to_address FROM mails WHERE doubts > 0").fetchall()
    assert {address for address, count in came.items() if count > 1} <= {row[0] for row in known}
    assert dead(tx) == []


@pytest.mark.timeout(300)
def test_a_newsletter_rather_never_than_twice(deadly: Deadly, tx: Any) -> None:
    names = [f"n{n}" for n in range(MAILS)]
    outbox.put(tx, send_bulk(*names), lane="bulk")
    eventually(handled(tx, deadly, "'sent', 'in_doubt'"), "every mail is sent or in doubt", 200)
    came = deadly.addresses()
    assert max(came.values()) == 1
    letters = deadletters.listed(tx)
    [[doubted]] = tx.execute("SELECT count(*) FROM mails WHERE state = 'in_doubt'").fetchall()
    print(
        f"{deadly.kills} kills, {MAILS} mails: {doubted} in doubt, {len(came) + doubted - MAILS} of them came"
    )
    assert deadly.kills == KILLS
    assert len(letters) == doubted >= KILLS
    assert all("replay it if it shall be sent once more" in letter.error for letter in letters)
    # Whoever got none is one of those in doubt: an operator can have it sent once more.
    missing = {f"{name}@example.com" for name in names} - set(came)
    doubtful = tx.execute("SELECT to_address FROM mails WHERE state = 'in_doubt'").fetchall()
    assert missing <= {row[0] for row in doubtful}
    before = len(deadly)
    for letter in letters:
        deadletters.replay(tx, letter.id)
    eventually(lambda: len(deadly) == before + doubted, "they are sent once more")
