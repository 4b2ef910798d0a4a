"""The SMTP side: takes every mail for anybody, keeps it, then says so."""

import asyncio
import logging
import re
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.catcher.store import Mailbox

LARGEST = 25 * 1024 * 1024  # bytes

# An address without quotes and comments, and no parameters but the two that clients commonly send.
PLAIN = r"<([^\s<>()\",:;\\@]+@[^\s<>()\",:;\\@]+)>"
FROM = re.compile(rf"FROM: ?{PLAIN}(?: SIZE=\d{{1,7}})?(?: BODY=8BITMIME)?", re.IGNORECASE)
TO = re.compile(rf"TO: ?{PLAIN}", re.IGNORECASE)


class Keeper:
    """Keeps mails: aiosmtpd's handler."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Says also that commands may be sent without waiting for answers, which aiosmtpd can but does not announce."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answers only once the mail is written: what is accepted here is never lost."""
        await self._mailbox.add(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return "250 OK"


class Connection(SMTP):
    """One client, with a short way for what is ordinary; the rest goes aiosmtpd's own.

    aiosmtpd parses each address by the whole grammar of RFC 5322 and each mail line by line. Both together are
    two thirds of what a mail costs.
    """

    line_length_limit = LARGEST  # of the stream's buffer, which here takes a whole mail

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
            self.envelope.content = await self._mail()
        except asyncio.LimitOverrunError:
            await self.push("552 Error: Too much mail data")
            self.transport.close()  # what follows is the rest of the mail, not a command
            return
        status = await self.event_handler.handle_DATA(self, self.session, self.envelope)
        self.envelope = Envelope()
        await self.push(status)

    async def _mail(self) -> bytes:
        """Read up to the line that is a dot, and take off the dots that protected lines beginning with one."""
        mail = b""
        while mail != b".\r\n" and not mail.endswith(b"\r\n.\r\n"):
            mail += await self._reader.readuntil(b".\r\n")
            if len(mail) > LARGEST:
                raise asyncio.LimitOverrunError("mail too large", len(mail))
        return mail[:-3].removeprefix(b".").replace(b"\r\n.", b"\r\n")


async def serve(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """Listen for SMTP."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's; it logs every line otherwise
    loop = asyncio.get_running_loop()
    keeper = Keeper(mailbox)

    def connected() -> Any:
        # Naming the host saves a look-up in the DNS for each connection.
        return Connection(keeper, hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST, loop=loop)

    return await loop.create_server(connected, host, port)
