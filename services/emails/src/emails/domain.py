"""Mails: what they are. The standard library and nothing else."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person."""

    id: UUID
    """The id of the message that asked for it: the same mail, however often it is asked for."""
    kind: str
    order_id: UUID
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
