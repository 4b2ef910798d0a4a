"""Mails: what they are, and what their kinds mean. The standard library and nothing else."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from uuid import UUID

TRANSACTIONAL = frozenset(
    {"receipt", "payment", "shipping", "delivery", "cancellation", "expiry", "refund", "note", "report"}
)
"""Kinds that answer something a person did, or asked for. Who declines marketing gets them all the same. Of
these, twice is better than never: what may have been sent when a worker died is sent again. Of all others it
is not."""
ALWAYS = frozenset({"receipt"})
"""Kinds that nobody can decline: a receipt is what the law wants of who sells."""
MARKETING = "marketing"
"""Stands for all other kinds in what a person says that they want."""

DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Behind the point of a currency's amounts, where they are not two (ISO 4217). Reports has the same; tests
compare."""

Unsent = Literal["suppressed", "unwanted"]
"""Why a mail is not even tried: its mailbox does not exist, or its owner does not want it."""

LINK_LASTS = timedelta(days=7)
"""How long a link to a report opens."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is not written yet: to whom, and about what."""

    id: UUID
    """The id of the message that asks for it: the same mail, however often it is asked for."""
    kind: str
    account: str | None
    """Whose customer it is to."""
    to_name: str
    to_address: str
    order_id: UUID | None = None
    report_id: UUID | None = None
    campaign_id: UUID | None = None

    def written(self, content: Content, **more: Any) -> "Mail":
        """The mail. `more`: of its fields."""
        return Mail(
            self.id,
            self.kind,
            self.to_name,
            self.to_address,
            content,
            order_id=self.order_id,
            bulk=self.campaign_id is not None,
            **more,
        )


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person."""

    id: UUID
    kind: str
    to_name: str
    to_address: str
    content: Content
    order_id: UUID | None = None
    unsubscribe: str | None = None
    """A link: who follows it, or whose mail program asks it, gets no more of this kind."""
    attachments: tuple[Attachment, ...] = ()
    bulk: bool = False
    """One of many: it goes at the rate of those."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What many mails say: all that were asked for together."""

    id: UUID
    campaign_id: UUID
    account: str | None
    kind: str
    subject: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None
    """What a button says, and where it leads."""


def person(address: str) -> bytes:
    """By what a person is known where their address is not kept: its digest, whatever its capitals."""
    return sha256(address.strip().lower().encode()).digest()
