"""Campaigns: batches of recipients, and how many mails have not met their end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Json

from contracts.emails import SendBulk
from emails.domain import Batch
from mesh import Tx

_BEGIN = """
    INSERT INTO campaigns (id, account, kind, remaining) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_ADD = """
    INSERT INTO batches (id, campaign_id, account, kind, subject, paragraphs, action)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_BATCH = """
    SELECT id, campaign_id, account, kind, subject, paragraphs, action FROM batches WHERE id = %s
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('campaigns', 0))"
_SETTLE = """
    WITH mail AS (
        UPDATE mails SET counted = true, state = coalesce(%s, state)
        WHERE id = %s AND NOT counted RETURNING campaign_id
    )
    UPDATE campaigns SET
        remaining = remaining - 1, ended_at = CASE WHEN remaining = 1 THEN now() ELSE ended_at END
    FROM mail WHERE campaigns.id = mail.campaign_id
    RETURNING remaining = 0
"""
_COUNT = """
    SELECT count(*) FILTER (WHERE state = 'sent'),
           count(*) FILTER (WHERE counted AND state NOT IN ('sent', 'unwanted')),
           count(*) FILTER (WHERE state = 'unwanted')
    FROM mails WHERE campaign_id = %s
"""


_LIST = """
    SELECT c.id, c.kind, c.begun_at, c.ended_at, c.remaining,
           count(m.id) FILTER (WHERE m.state = 'sent') AS sent,
           count(m.id) FILTER (WHERE m.counted AND m.state NOT IN ('sent', 'unwanted')) AS failed,
           count(m.id) FILTER (WHERE m.state = 'unwanted') AS unwanted
    FROM campaigns c LEFT JOIN mails m ON m.campaign_id = c.id GROUP BY c.id ORDER BY c.begun_at DESC
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come, in mails."""

    id: UUID
    kind: str
    begun_at: datetime
    ended_at: datetime | None
    remaining: int
    sent: int
    failed: int
    unwanted: int


def add(tx: Tx, id: UUID, wanted: SendBulk) -> None:
    """Keep what a batch says, and how many mails its campaign has, if it is the first."""
    tx.execute(_BEGIN, (wanted.campaign_id, wanted.account, wanted.kind, wanted.of))
    action = wanted.action and Json([wanted.action.label, wanted.action.url])
    said = (wanted.subject, list(wanted.paragraphs), action)
    tx.execute(_ADD, (id, wanted.campaign_id, wanted.account, wanted.kind, *said))


def batch(tx: Tx, id: UUID) -> Batch | None:
    """What the mails of a batch say."""
    with tx.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(_BATCH, (id,)).fetchone()


def lock(tx: Tx) -> None:
    """Count alone, until the transaction ends. One lock for all campaigns: two chunks with mails of several
    would wait for each other's rows otherwise."""
    tx.execute(_LOCK)


def settle(tx: Tx, mail_id: UUID, *, sent: bool) -> bool:
    """Count a mail that has met its end, once. Returns whether it was its campaign's last."""
    lock(tx)
    row = tx.execute(_SETTLE, ("sent" if sent else None, mail_id)).fetchone()
    return bool(row and row[0])


def listed(tx: Tx) -> list[Progress]:
    """All campaigns, the newest first."""
    with tx.cursor(row_factory=class_row(Progress)) as cursor:
        return cursor.execute(_LIST).fetchall()


def counted(tx: Tx, id: UUID) -> tuple[int, int, int]:
    """Mails of a campaign that were sent, that failed, and that nobody wanted."""
    sent, failed, unwanted = tx.execute(_COUNT, (id,)).fetchone() or (0, 0, 0)
    return sent, failed, unwanted
