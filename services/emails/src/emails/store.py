"""The SQL of emails."""

from datetime import datetime
from uuid import UUID

from emails.domain import Mail
from mesh import Tx, bulk

_INTEND = """
    INSERT INTO mails (id, kind, order_id, to_address, subject)
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::text[])
    ON CONFLICT (id) DO UPDATE SET tries = mails.tries + 1
"""
_SENT = """
    UPDATE mails SET sent_at = new.sent_at
    FROM unnest(%b::uuid[], %b::timestamptz[]) AS new (id, sent_at) WHERE mails.id = new.id
"""


def intend(tx: Tx, mail: Mail) -> None:
    """Write down that a mail is to be sent; again, if it is not known whether it was."""
    bulk.write(tx, _INTEND, (mail.id, mail.kind, mail.order_id, mail.to_address, mail.content.subject))


def sent(tx: Tx, id: UUID, at: datetime) -> None:
    """A mail server took it over."""
    bulk.write(tx, _SENT, (id, at))
