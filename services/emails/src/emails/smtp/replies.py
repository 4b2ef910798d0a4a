"""What a server says, and what that means for the mail."""

import re
from typing import NamedTuple

from emails.smtp.errors import Refused
from mesh import Retry

GOODBYE = 421
"""The server goes away, or has enough of us: nothing that is about a mail."""
_READ, _LONGEST = 1000, 300  # characters of a reply that are looked at, and that are kept

# RFC 3463: no such mailbox, no such domain, no address at all, moved away, a domain without mail, disabled.
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_NOBODY = re.compile(
    r"no such (user|recipient|mailbox|address|person)|(user|recipient|mailbox|address|account) (is )?unknown"
    r"|unknown (user|recipient|mailbox|address|account)|(does not|doesn't|not) exist|not found"
    r"|no mailbox|invalid (recipient|mailbox|user)|(account|mailbox) (is |has been )?disabled",
    re.IGNORECASE,
)
_POLICY = re.compile(r"spam|block|polic|black|listed|reputation|relay|denied|spf|dkim|dmarc", re.IGNORECASE)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")

_HIDDEN = "<address>"
# What may be an address, also in a link, in quotes, or as the name of one who bounces.
_ADDRESS = re.compile(r'<?(?:"[^"]*"@[^\s>]+|[^\s<>"]+(?:@|%40)[^\s<>"]+)>?', re.IGNORECASE)


class Reply(NamedTuple):
    """One reply of a server, of one line or more."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def status(self) -> str | None:
        """The enhanced status code, such as 5.1.1. None: it has none."""
        found = _ENHANCED.match(self.text)
        return found[0] if found else None

    def said(self, *private: str) -> str:
        """As may be logged and kept: without addresses, or what else is private."""
        return f"{self.code} {harmless(self.text, *private)}".strip()


def harmless(text: str, *private: str) -> str:
    """A text that quotes no address, and none of the words that are private."""
    text = _ADDRESS.sub(_HIDDEN, text[:_READ])
    for word in filter(None, private):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", _HIDDEN, text, flags=re.IGNORECASE)
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:_LONGEST]


def verdict(
    reply: Reply, private: tuple[str, ...], *, on_recipient: bool = False, on_sender: bool = False
) -> Retry | Refused:
    """What a reply that is not good means for a mail. `private`: what is not to be quoted of it.

    `on_recipient`: it answers the naming of the recipient, where a bare 550 may mean that there is none;
    `on_sender`: it answers who we are, and says nothing of the recipient, whatever its codes are.
    """
    said = f"the mail server said {reply.said(*private)}"
    if reply.code < 500:
        return Retry(said)
    return Refused(said, no_mailbox=not on_sender and _no_mailbox(reply, on_recipient))


def _no_mailbox(reply: Reply, on_recipient: bool) -> bool:
    """In doubt, no: who is taken for gone is never written to again."""
    if _POLICY.search(reply.text):
        return False
    if reply.status:
        return reply.status in _NO_MAILBOX
    return on_recipient and reply.code in (550, 553) and bool(_NOBODY.search(reply.text))
