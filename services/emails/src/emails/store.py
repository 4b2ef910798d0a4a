"""The SQL of emails."""

from datetime import datetime
from uuid import UUID

from emails.domain import Mail
from mesh import Tx

_INTEND = """
    INSERT INTO mails (id, kind, order_id, to_address, subject) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET tries = mails.tries + 1
"""
_SENT = "UPDATE mails SET sent_at = %s WHERE id = %s"


def intend(tx: Tx, mail: Mail) -> None:
    """Write down that a mail is to be sent; again, if it is not known whether it was."""
    tx.execute(_INTEND, (mail.id, mail.kind, mail.order_id, mail.to_address, mail.subject))


def sent(tx: Tx, id: UUID, at: datetime) -> None:
    """A mail server took it over."""
    tx.execute(_SENT, (at, id))
