"""SMTP: kept connections, one for each thread that sends at the same time."""

import select
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formataddr, parseaddr
from queue import Empty, LifoQueue
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import idna

from emails import mime
from emails.domain import Mail
from emails.handover import hand_over
from mesh import MeshError, Reject, Retry

_TIMEOUT = 10.0  # seconds for each step of a conversation
_IDLE = 64  # connections kept at the most


class Handed(NamedTuple):
    """A mail server took a mail over."""

    at: datetime
    provider: str


class Refused(Reject):
    """A mail server never takes this mail."""

    def __init__(self, reason: str, *, no_mailbox: bool = False) -> None:
        super().__init__(reason)
        self.no_mailbox = no_mailbox


class InDoubt(MeshError):
    """The connection ended before the server said whether it took the mail."""


class Mailer:
    """Hands mails to one mail server."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        name, address = parseaddr(sender)
        self._sender = address
        self._from = formataddr((name, address))
        self._domain = address.rpartition("@")[2]
        self._idle: LifoQueue[smtplib.SMTP] = LifoQueue(_IDLE)

    def send(self, mail: Mail) -> Handed:
        """Hand a mail over. Returns when the server took it.

        Raises Retry when the server cannot now (4xx, or it is away), Reject when it never will (5xx).
        """
        address = _deliverable(mail.to_address)
        content = mime.content(mail, self._from, address, self._domain)
        options = [] if address.isascii() else ["SMTPUTF8"]
        try:
            with self._connection() as smtp:
                hand_over(smtp, self._sender, address, content, options)
        except smtplib.SMTPRecipientsRefused as error:
            raise _verdict(*error.recipients[address]) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Reject(f"mail server: {error}") from None
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from None
        except OSError as error:  # also what smtplib raises for a lost connection
            raise Retry(f"mail server: {error}") from error
        return Handed(datetime.now(UTC), self._url.hostname or "")

    def close(self) -> None:
        """Close every kept connection."""
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A connection that was fine a moment ago; broken ones are not kept."""
        smtp = self._kept() or self._connect()
        try:
            yield smtp
        except BaseException:
            smtp.close()
            raise
        if self._idle.full():
            smtp.close()
        else:
            self._idle.put(smtp)

    def _kept(self) -> smtplib.SMTP | None:
        """A kept connection that the server still has. None: there is none."""
        while True:
            try:
                smtp = self._idle.get_nowait()
            except Empty:
                return None
            if _silent(smtp):
                return smtp
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        """Raises OSError. What a server has against us is no verdict on the mail."""
        url = self._url
        try:
            smtp = smtplib.SMTP(url.hostname or "localhost", url.port or 25, timeout=_TIMEOUT)
            self._greet(smtp)
        except smtplib.SMTPResponseException as error:
            raise OSError(f"{error.smtp_code} {_text(error.smtp_error)}") from None
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._url.username:
                smtp.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            smtp.close()
            raise


def _silent(smtp: smtplib.SMTP) -> bool:
    """Whether the server has said nothing since the last mail: unasked it says goodbye, or hangs up."""
    if smtp.sock is None:
        return False
    poll = select.poll()
    poll.register(smtp.sock, select.POLLIN)
    return not poll.poll(0)


def _deliverable(address: str) -> str:
    """The address with its domain as the DNS writes it. The part before the @ belongs to its server."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:  # its text quotes the address
        raise Reject("the domain of the address is none that the DNS could know") from None


def _verdict(code: int, reply: bytes | str) -> Retry | Reject:
    said = f"the mail server said {code} {_text(reply)}"
    return Reject(said) if code >= 500 else Retry(said)


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
