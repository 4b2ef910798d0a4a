"""Mails: written down before, and what came of them after.

A mail that is `intended` while nobody is at it is in doubt: a worker died between the server's word and ours.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from emails.domain import Letter, Unsent
from mesh import Tx, bulk

_INTEND = """
    INSERT INTO mails (id, kind, order_id, report_id, campaign_id, to_address, subject)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[])
    ON CONFLICT (id) DO UPDATE SET
        tries = mails.tries + 1,
        doubts = mails.doubts + (mails.state = 'intended' AND mails.sent_at IS NULL)::int,
        state = 'intended'
"""
_SENT = """
    UPDATE mails SET sent_at = new.sent_at, state = 'sent', provider = new.provider
    FROM unnest(%b::uuid[], %b::timestamptz[], %b::text[]) AS new (id, sent_at, provider)
    WHERE mails.id = new.id
"""
_STATE = "UPDATE mails SET state = %s, doubts = doubts + %s::int WHERE id = %s"
_KEEP = """
    INSERT INTO mails (id, kind, order_id, report_id, campaign_id, to_address, subject, state)
    VALUES (%s, %s, %s, %s, %s, %s, '', %s)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
"""

_IN_DOUBT = """
    SELECT id, kind, intended_at, state, doubts FROM mails
    WHERE (doubts > 0 OR state = 'in_doubt') AND intended_at > now() - make_interval(days => %s)
    ORDER BY intended_at DESC
"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mail that may have been sent twice, or not at all."""

    id: UUID
    kind: str
    intended_at: datetime
    state: str
    """`in_doubt`: it was not sent again, and is a dead letter. Others: it was, `doubts` times."""
    doubts: int


State = Literal["waiting", "failed", "in_doubt"]


def intend(tx: Tx, letter: Letter, subject: str) -> None:
    """Write down that a mail is to be sent; again, if it is not known whether it was."""
    bulk.write(tx, _INTEND, (*_facts(letter), subject))


def sent(tx: Tx, id: UUID, at: datetime, provider: str) -> None:
    """A mail server took it over."""
    bulk.write(tx, _SENT, (id, at, provider))


def settle(tx: Tx, id: UUID, state: State, *, doubted: bool = False) -> None:
    """What else became of it. `waiting`: it is tried again. `doubted`: although it may have been sent."""
    tx.execute(_STATE, (state, doubted, id))


def keep(tx: Tx, letter: Letter, why: Unsent) -> None:
    """Write down that a mail was not even tried."""
    tx.execute(_KEEP, (*_facts(letter), why))


def in_doubt(tx: Tx, days: int) -> list[Doubt]:
    """Mails that may have been sent when a worker died, the newest first."""
    with tx.cursor(row_factory=class_row(Doubt)) as cursor:
        return cursor.execute(_IN_DOUBT, (days,)).fetchall()


def _facts(letter: Letter) -> tuple[Any, ...]:
    about = (letter.order_id, letter.report_id, letter.campaign_id)
    return letter.id, letter.kind, *about, letter.to_address
