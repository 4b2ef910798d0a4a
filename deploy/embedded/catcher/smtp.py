# ruff: noqa: N802 (aiosmtpd finds these methods by their names)
"""The SMTP side: takes every mail for anybody, keeps it, then says so."""

import asyncio
import logging
import re

from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.catcher.store import Mailbox

LARGEST = 25 * 1024 * 1024  # bytes

# An address without quotes and comments, and no parameters but the two that clients commonly send.
PLAIN = r"<([^\s<>()\",:;\\@]+@[^\s<>()\",:;\\@]+)>"
FROM = re.compile(rf"FROM: ?{PLAIN}(?: SIZE=\d{{1,7}})?(?: BODY=8BITMIME)?", re.IGNORECASE)
TO = re.compile(rf"TO: ?{PLAIN}", re.IGNORECASE)


class Answers:
    """What aiosmtpd asks its handler."""

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announces pipelining also: aiosmtpd can do it, but does not say so."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_exception(self, error: Exception) -> str:
        """Whatever is wrong here (the disk is full, say), it is not the mail: the client may try again."""
        return f"451 4.3.0 {type(error).__name__}: {error}"


class Connection(SMTP):
    """One client, with a short way for what is ordinary; the rest goes aiosmtpd's own.

    aiosmtpd parses each address by the whole grammar of RFC 5322 and each mail line by line. Both together
    are two thirds of what a mail costs.
    """

    session: Session
    envelope: Envelope
    transport: asyncio.Transport

    line_length_limit = LARGEST  # of the stream's buffer, which here takes a whole mail

    def __init__(self, mailbox: Mailbox) -> None:
        # Naming the host saves a look-up in the DNS for each connection.
        super().__init__(
            Answers(),
            hostname="localhost",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST,
            loop=asyncio.get_running_loop(),
        )
        self._mailbox = mailbox

    async def smtp_MAIL(self, arg: str | None) -> None:
        """MAIL FROM."""
        plain = FROM.fullmatch(arg or "")
        if not plain or not self.session.host_name or self.envelope.mail_from:
            await super().smtp_MAIL(arg)
            return
        self.envelope.mail_from = plain[1]
        await self.push("250 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:
        """RCPT TO."""
        plain = TO.fullmatch(arg or "")
        if not plain or not self.envelope.mail_from:
            await super().smtp_RCPT(arg)
            return
        self.envelope.rcpt_tos.append(plain[1])
        await self.push("250 OK")

    async def smtp_DATA(self, arg: str | None) -> None:
        """DATA."""
        if arg or not self.envelope.rcpt_tos:
            await super().smtp_DATA(arg)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            mail = await self._mail()
        except asyncio.LimitOverrunError:
            await self.push("552 Error: Too much mail data")
            self.transport.close()  # what follows is the rest of the mail, not a command
            return
        # Answered only once it is written: what is accepted here is not lost.
        await self._mailbox.add(self.envelope.mail_from or "", self.envelope.rcpt_tos, mail)
        self.envelope = Envelope()
        await self.push("250 OK")

    async def _mail(self) -> bytes:
        """Read up to the line that is a dot; take off the dots put before lines that begin with one."""
        mail = b""
        while mail != b".\r\n" and not mail.endswith(b"\r\n.\r\n"):
            mail += await self._reader.readuntil(b".\r\n")
            if len(mail) > LARGEST:
                raise asyncio.LimitOverrunError("mail too large", len(mail))
        return mail[:-3].removeprefix(b".").replace(b"\r\n.", b"\r\n")


async def serve(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """Listen for SMTP."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's; it logs every line otherwise
    return await asyncio.get_running_loop().create_server(lambda: Connection(mailbox), host, port)
