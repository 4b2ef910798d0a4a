"""How long a mail waits until a mail server takes it, and that its turn is not part of that."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from mails import mailer
from mailserver import MailServer
from messages import order_placed

from contracts.emails import EmailFailed
from emails.tasks import consumer
from emails.wiring import Deps
from mesh import Database, deadletters, testing
from mesh.testing import around, sent

Deliver = Callable[..., None]


def test_what_no_mail_server_takes_in_five_days_is_given_up(
    deliver: Deliver, tx: Any, server: MailServer
) -> None:
    """Waiting costs no attempt: a mail of which each server hangs up would wait for ever. Replayed, it has
    five days again, however long ago it was asked for."""
    server.stop()
    young, old = around(order_placed()), around(order_placed())
    deliver(young, old)
    tx.execute("UPDATE mails SET intended_at = now() - interval '5 days 1 minute' WHERE id = %s", (old.id,))
    deliver(young, old)
    assert [f.reason for f in sent(tx, EmailFailed)] == ["exhausted"]
    assert tx.execute("SELECT state FROM mails ORDER BY state").fetchall() == [("failed",), ("waiting",)]
    [letter] = deadletters.listed(tx)
    assert "not taken in 5 days" in letter.error
    deadletters.replay(tx, letter.id)
    deliver(old)
    assert tx.execute("SELECT state FROM mails").fetchall() == [("waiting",), ("waiting",)]


def test_what_waits_for_its_turn_loses_none_of_the_five_days(
    deliver: Deliver, database: Database, deps: Deps, tx: Any, server: MailServer
) -> None:
    """A campaign may take longer at a low rate. An outage in its last hour costs none of its mails."""
    first, envelope = around(order_placed()), around(order_placed())

    def state_of_it() -> str:
        [(state,)] = tx.execute("SELECT state FROM mails WHERE id = %s", (envelope.id,))
        return str(state)

    def pass_(days: int) -> None:
        tx.execute("UPDATE mails SET intended_at = intended_at - make_interval(hours => %s)", (days * 24,))

    with closing(mailer(f"{server.url}?rate=1/99999")) as slow:
        told = replace(deps, desk=replace(deps.desk, mailer=slow))
        testing.deliver(consumer, database, told, first)
        for _ in range(2):
            testing.deliver(consumer, database, told, envelope)
            assert state_of_it() == "waiting"
            pass_(days=4)
    server.stop()
    deliver(envelope)
    assert state_of_it() == "waiting"
    pass_(days=2)
    deliver(envelope)  # and now it was six days ago that it waited for its turn
    assert state_of_it() == "failed"
    assert [f.reason for f in sent(tx, EmailFailed)] == ["exhausted"]
    assert len(server.mails) == 1
