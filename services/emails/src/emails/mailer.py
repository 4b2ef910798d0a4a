"""SMTP: kept connections, one for each thread that sends at the same time."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from queue import Empty, LifoQueue
from urllib.parse import unquote, urlsplit

from emails.domain import Mail
from mesh import Reject, Retry

_TIMEOUT = 10.0  # seconds for each step of a conversation
_IDLE = 64  # connections kept at the most


class Mailer:
    """Hands mails to one mail server."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        name, address = parseaddr(sender)
        self._sender = address
        self._from = Address(name, addr_spec=address)
        self._domain = address.rpartition("@")[2]
        self._idle: LifoQueue[smtplib.SMTP] = LifoQueue(_IDLE)

    def send(self, mail: Mail) -> datetime:
        """Hand a mail over. Returns when the server took it.

        Raises Retry when the server cannot now (4xx, or it is away), Reject when it never will (5xx).
        """
        message = self._message(mail)
        try:
            with self._connection() as smtp:
                smtp.send_message(message, self._sender, [mail.to_address])
        except smtplib.SMTPRecipientsRefused as error:
            raise _verdict(*error.recipients[mail.to_address]) from None
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from None
        except OSError as error:  # also what smtplib raises for a lost connection
            raise Retry(f"mail server: {error}") from error
        return datetime.now(UTC)

    def close(self) -> None:
        """Say goodbye on every kept connection."""
        while not self._idle.empty():
            self._idle.get().close()

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{mail.id}@{self._domain}>"  # the idempotency key, for whoever looks
        message["Date"] = datetime.now(UTC)
        message["From"] = self._from
        message["To"] = Address(mail.to_name, addr_spec=mail.to_address)
        message["Subject"] = mail.subject
        message["X-Order-Id"] = str(mail.order_id)
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message

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
        """A kept connection, if the server still has it: a lost one costs nothing before the mail."""
        try:
            smtp = self._idle.get_nowait()
        except Empty:
            return None
        try:
            smtp.rset()
        except OSError:
            smtp.close()
            return None
        return smtp

    def _connect(self) -> smtplib.SMTP:
        url = self._url
        smtp = smtplib.SMTP(url.hostname or "localhost", url.port or 25, timeout=_TIMEOUT)
        if url.username:
            smtp.login(unquote(url.username), unquote(url.password or ""))
        return smtp


def _verdict(code: int, reply: bytes | str) -> Retry | Reject:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    said = f"the mail server said {code} {text}"
    return Reject(said) if code >= 500 else Retry(said)
