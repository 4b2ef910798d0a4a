"""A real SMTP server that does what a test wants: keeps mails, refuses, goes away, hangs up."""
# ruff: noqa: N802 the hooks' names are aiosmtpd's

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from ssl import SSLContext
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from embedded.ports import HOST, free_port


@dataclass(frozen=True)
class Mail:
    recipients: list[str]
    options: list[str]
    """Of MAIL FROM, such as SMTPUTF8."""
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.content, policy=default))

    @property
    def to(self) -> tuple[str, str]:
        """Name and address in the one To header, by the older parser: the newer one adds spaces at folds."""
        [header] = message_from_bytes(self.content).get_all("To", [])
        name, address = parseaddr("".join(header.splitlines()))
        return str(make_header(decode_header(name))), address

    def text(self, kind: str) -> str:
        """The part of one kind, plain or html."""
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content())


@dataclass
class MailServer:
    """Listens inside a `with`, on the same port each time."""

    refuses: dict[str, str] = field(default_factory=dict)
    """What it answers to a command instead of obeying, such as {"RCPT": "550 no such user"}."""
    smtputf8: bool = True
    pipelining: bool = False
    """aiosmtpd can do it always, and says so with this."""
    tls: SSLContext | None = None
    """With it, the server offers STARTTLS; or speaks TLS `from_start`."""
    from_start: bool = False
    user: tuple[str, str] | None = None
    """Who may log in. None: nobody."""
    largest: int = 32 * 1024 * 1024
    """Bytes of a mail, which it announces."""
    delay: float = 0.0
    """Seconds before it answers who the mail is to."""
    mails: list[Mail] = field(default_factory=list)
    connections: list[SMTP] = field(default_factory=list)
    """Every connection that there was."""

    def __post_init__(self) -> None:
        self._port = free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{self.place}"

    @property
    def place(self) -> str:
        return f"{HOST}:{self._port}"

    def start(self) -> Self:
        self._controller = _Controller(self, hostname=HOST, port=self._port)
        self._controller.start()
        self.connections.clear()  # the controller's own, to see whether it listens
        return self

    def stop(self) -> None:
        if self._controller:
            # aiosmtpd forgets, and leaves open, a connection that it accepts as it stops: first none comes
            # any more, and those that have come are heard of.
            self._in_loop(self._controller.server.close)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), self._controller.loop).result()
            self.hang_up()
            self._controller.stop()
            self._controller = None

    def hang_up(self, goodbye: bytes = b"") -> None:
        """Close every connection, as servers do with idle ones."""
        for connection in self.connections:
            self._in_loop(lambda transport=connection.transport: _close(transport, goodbye))

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _in_loop(self, do: Callable[[], None]) -> None:
        from asyncio import run_coroutine_threadsafe

        async def done() -> None:
            do()

        assert self._controller
        run_coroutine_threadsafe(done(), self._controller.loop).result()


def _close(transport: Any, goodbye: bytes) -> None:
    if transport and not transport.is_closing():
        transport.write(goodbye)
        transport.close()


class _Controller(Controller):
    def __init__(self, server: MailServer, **where: Any) -> None:
        super().__init__(_Handler(server), ssl_context=server.tls if server.from_start else None, **where)
        self._server = server

    def factory(self) -> SMTP:
        connection = SMTP(
            self.handler,
            hostname="localhost",
            enable_SMTPUTF8=self._server.smtputf8,
            authenticator=self._let_in,
            auth_require_tls=False,
            data_size_limit=self._server.largest,
            tls_context=None if self._server.from_start else self._server.tls,
            loop=self.loop,
        )
        self._server.connections.append(connection)
        return connection

    def _let_in(self, *given: Any) -> AuthResult:
        user = self._server.user
        right = user is not None and (given[-1].login, given[-1].password) == tuple(
            word.encode() for word in user
        )
        return AuthResult(success=right, handled=False)


class _Handler:
    """aiosmtpd's hooks. None of them refuses unless it is told to."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_EHLO(self, _: Any, session: Any, __: Any, host: str, replies: list[str]) -> list[str]:
        session.host_name = host
        if "EHLO" in self._server.refuses:
            return [self._server.refuses["EHLO"]]
        more = ["250-PIPELINING"] if self._server.pipelining else []
        return [replies[0], *more, *replies[1:]]

    async def handle_HELO(self, _: Any, session: Any, __: Any, host: str) -> str:
        session.host_name = host
        return self._server.refuses.get("EHLO", "250 localhost")  # clients try it after EHLO

    async def handle_MAIL(self, _: Any, __: Any, envelope: Any, address: str, options: list[str]) -> str:
        if "MAIL" not in self._server.refuses:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self._server.refuses.get("MAIL", "250 OK")

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, options: list[str]) -> str:
        await asyncio.sleep(self._server.delay)
        if "RCPT" not in self._server.refuses:
            envelope.rcpt_tos.append(address)
        return self._server.refuses.get("RCPT", "250 OK")

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        if "DATA" not in self._server.refuses:
            self._server.mails.append(Mail(envelope.rcpt_tos, envelope.mail_options, envelope.content))
        return self._server.refuses.get("DATA", "250 OK")
