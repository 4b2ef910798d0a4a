"""Mails: written down before, and what came of them after.

A mail is in doubt when its worker died between the server's word and ours: the inbox knows which these are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.numeric import Int4

from emails.domain import Letter, Unsent
from mesh import Tx, bulk

_INTEND = """
    INSERT INTO mails (id, kind, order_id, report_id, campaign_id, to_address, subject, doubts)
    SELECT * FROM unnest(
        %b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::int4[]
    )
    ON CONFLICT (id) DO UPDATE SET
        tries = mails.tries + 1,
        doubts = mails.doubts + excluded.doubts,
        intended_at = CASE WHEN mails.state IN ('failed', 'in_doubt') THEN now() ELSE mails.intended_at END,
        state = 'intended'
"""
_SENT = """
    UPDATE mails SET sent_at = new.sent_at, state = 'sent', provider = new.provider
    FROM unnest(%b::uuid[], %b::timestamptz[], %b::text[]) AS new (id, sent_at, provider)
    WHERE mails.id = new.id
"""
_WAIT = """
    UPDATE mails SET state = 'waiting', doubts = doubts + %s::int,
        intended_at = CASE WHEN %s THEN now() ELSE intended_at END
    WHERE id = %s
"""
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


GivenUp = Literal["failed", "in_doubt"]
"""It was refused, or every try failed; or nobody knows whether it was sent."""


def intend(tx: Tx, letter: Letter, subject: str, *, doubtful: bool) -> None:
    """Write down that a mail is to be sent; again, and `doubtful`, if it is not known whether it was."""
    bulk.write(tx, _INTEND, (*_facts(letter), subject, Int4(doubtful)))


def sent(tx: Tx, id: UUID, at: datetime, provider: str) -> None:
    """A mail server took it over."""
    bulk.write(tx, _SENT, (id, at, provider))


def wait(tx: Tx, id: UUID, *, doubtful: bool, afresh: bool) -> None:
    """It is tried again; `doubtful`: although it may have been sent; `afresh`: as if it had not been yet."""
    tx.execute(_WAIT, (doubtful, afresh, id))


def keep(tx: Tx, letter: Letter, why: Unsent | GivenUp) -> None:
    """Write down that a mail is not sent, also one that was never intended."""
    tx.execute(_KEEP, (*_facts(letter), why))


def in_doubt(tx: Tx, days: int) -> list[Doubt]:
    """Mails that may have been sent when a worker died, the newest first."""
    with tx.cursor(row_factory=class_row(Doubt)) as cursor:
        return cursor.execute(_IN_DOUBT, (days,)).fetchall()


def _facts(letter: Letter) -> tuple[Any, ...]:
    about = (letter.order_id, letter.report_id, letter.campaign_id)
    return letter.id, letter.kind, *about, letter.to_address
