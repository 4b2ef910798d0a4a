"""What emails announces."""

from uuid import UUID

from pydantic import AwareDatetime

from contracts.message import Event
from contracts.registry import contract


@contract("emails.email_sent", version=1)
class EmailSentV1(Event):
    """A mail server took a mail over."""

    mail_id: UUID
    kind: str
    """Which mail it is, such as receipt."""
    order_id: UUID
    sent_at: AwareDatetime


EmailSent = EmailSentV1
