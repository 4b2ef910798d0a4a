"""SMTP: kept connections, one for each thread that sends at the same time."""

import select
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr, quote
from queue import Empty, LifoQueue
from urllib.parse import unquote, urlsplit

import idna

from emails.domain import Mail
from mesh import Reject, Retry

_TIMEOUT = 10.0  # seconds for each step of a conversation
_IDLE = 64  # connections kept at the most
_LONGEST_NAME = 200
_CRLF = compat32.clone(linesep="\r\n")


class Mailer:
    """Hands mails to one mail server."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        name, address = parseaddr(sender)
        self._sender = address
        self._from = formataddr((name, address))
        self._domain = address.rpartition("@")[2]
        self._idle: LifoQueue[smtplib.SMTP] = LifoQueue(_IDLE)

    def send(self, mail: Mail) -> datetime:
        """Hand a mail over. Returns when the server took it.

        Raises Retry when the server cannot now (4xx, or it is away), Reject when it never will (5xx).
        """
        address = _deliverable(mail.to_address)
        content = self._content(mail, address)
        options = [] if address.isascii() else ["SMTPUTF8"]
        try:
            with self._connection() as smtp:
                smtp.sendmail(self._sender, [address], content, options)
        except smtplib.SMTPRecipientsRefused as error:
            raise _verdict(*error.recipients[address]) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Reject(f"mail server: {error}") from None
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from None
        except OSError as error:  # also what smtplib raises for a lost connection
            raise Retry(f"mail server: {error}") from error
        return datetime.now(UTC)

    def close(self) -> None:
        """Close every kept connection."""
        while not self._idle.empty():
            self._idle.get().close()

    def _content(self, mail: Mail, address: str) -> bytes:
        """The classes of `email.mime`: those of `email.message` take four times as long, 1.2 ms a mail."""
        message = MIMEMultipart("alternative")
        message["Message-ID"] = f"<{mail.id}@{self._domain}>"  # the idempotency key, for whoever looks
        message["Date"] = format_datetime(datetime.now(UTC))
        message["From"] = self._from
        message["Subject"] = _one_line(mail.subject)
        message["X-Order-Id"] = str(mail.order_id)
        message.attach(MIMEText(mail.text, "plain", "utf-8"))
        message.attach(MIMEText(mail.html, "html", "utf-8"))
        return _to(mail.to_name, address) + message.as_bytes(policy=_CRLF)

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
    poll = select.poll()
    poll.register(smtp.sock, select.POLLIN)
    return not poll.poll(0)


def _deliverable(address: str) -> str:
    """The address with its domain as the DNS writes it. The part before the @ belongs to its server."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"


def _to(name: str, address: str) -> bytes:
    """The header. Those of `email` refuse an address beyond ASCII and do not fold a long name."""
    name = _one_line(name)[:_LONGEST_NAME]
    shown = f'"{quote(name)}"' if name.isascii() else Header(name, "utf-8").encode(linesep="\r\n")
    return f"To: {shown}\r\n <{address}>\r\n".encode()


def _one_line(text: str) -> str:
    """A line break in a name would begin a header of its sender's choice."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _verdict(code: int, reply: bytes | str) -> Retry | Reject:
    said = f"the mail server said {code} {_text(reply)}"
    return Reject(said) if code >= 500 else Retry(said)  # noqa: PLR2004 RFC 5321: permanent


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
