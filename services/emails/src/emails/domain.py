"""Mails: what they are. The standard library and nothing else."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Content(NamedTuple):
    """What a mail says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that travels in a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person."""

    id: UUID
    """The id of the message that asked for it: the same mail, however often it is asked for."""
    kind: str
    to_name: str
    to_address: str
    content: Content
    order_id: UUID | None = None
    report_id: UUID | None = None
    unsubscribe: str | None = None
    """A link: who follows it, or whose mail program asks it, gets no more of this kind."""
    attachments: tuple[Attachment, ...] = ()
    bulk: bool = False
    """One of many: it goes at the rate of those."""
