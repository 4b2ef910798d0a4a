"""One connection to a server: greeted, protected, logged in, and then one mail after the other.

Sender, recipient and the wish to send go in one write if the server announces PIPELINING (RFC 2920): two
round trips instead of four, which with a server 50 ms away is 100 ms a mail.

Until the end of a mail is sent, whatever goes wrong is an Outage. From there until the server's reply is
read nobody knows: InDoubt.
"""

import base64
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from emails.smtp.errors import InDoubt, Outage, Slow, Unfit
from emails.smtp.mime import Letter
from emails.smtp.providers import Provider
from emails.smtp.replies import GOODBYE, Reply, verdict
from emails.smtp.wire import connect
from mesh.timelimit import TimeLimit

_GO_AHEAD = 354
_LOGIN_NEEDED = frozenset({530, 534, 535, 538})
_END = b".\r\n"


class Conversation:
    """With a server that has let us in."""

    def __init__(self, provider: Provider, tls: ssl.SSLContext | None, name: str, until: float) -> None:
        """`name`: what we call ourselves.

        Raises Outage: what a server has against us is no verdict on a mail.
        """
        self._provider = provider
        self._offers: dict[str, str] = {}
        self._wire = connect(provider.host, provider.port, provider.timeout, until)
        self.rested = time.monotonic()
        """When it was used last."""
        self.in_step = True
        """Whether both sides are ready for the next mail."""
        try:
            with _outage("greeting"):
                self._begin(tls, name, until)
        except BaseException:
            self._wire.close()
            raise

    def hand_over(self, letter: Letter, until: float) -> None:
        """Return when the server took the letter.

        Raises Outage, InDoubt, Unfit, Refused and mesh.Retry; whether it can be used on, `in_step` says.
        """
        options = self._options(letter)
        self.in_step = False
        with _outage("sending"):
            replies = self._envelope(letter, options, until)
            willing = replies[-1].code == _GO_AHEAD
            if not willing or not all(reply.good for reply in replies):
                self._refused(letter, replies, until, ended=not willing)
            self._content(letter, until)
        self._taken(letter, until)

    @property
    def alive(self) -> bool:
        """As far as can be seen without asking."""
        return self._wire.silent

    def close(self) -> None:
        """Say goodbye, unless it could be taken for a mail's text, and wait for no answer."""
        if self.in_step:
            with suppress(OSError):
                self._wire.write(b"QUIT\r\n", time.monotonic() + 0.1)
        self._wire.close()

    def _begin(self, tls: ssl.SSLContext | None, name: str, until: float) -> None:
        if tls and self._provider.tls == "always":
            self._secure(tls, until)
        self._hear("its greeting", self._wire.reply(until))
        self._hello(name, until)
        if tls and self._provider.tls == "starttls":
            if "STARTTLS" not in self._offers:
                raise Outage("the server offers no STARTTLS", lasting=True)
            reply = self._said("STARTTLS", until)
            self._hear("STARTTLS", reply, lasting=reply.code >= 500)
            self._secure(tls, until)
            self._hello(name, until)  # what was said before may have been anybody's
        if self._provider.user is not None:
            self._log_in(self._provider.user, self._provider.password, until)

    def _secure(self, tls: ssl.SSLContext, until: float) -> None:
        try:
            self._wire.secure(tls, self._provider.host, until)
        except ssl.SSLEOFError:  # as a server does that is busy, or starts again: that says nothing of TLS
            raise Outage("no TLS: the server closed the connection") from None
        except ssl.SSLError as error:
            why = getattr(error, "verify_message", "") or error.reason or str(error)
            raise Outage(f"no TLS: {why}", lasting=True) from None

    def _hello(self, name: str, until: float) -> None:
        reply = self._said(f"EHLO {name}", until)
        self._hear("EHLO", reply)
        lines = (line.partition(" ") for line in reply.text.upper().splitlines()[1:])
        self._offers = {offer: more for offer, _, more in lines}

    def _log_in(self, user: str, password: str, until: float) -> None:
        known = self._offers.get("AUTH", "").split()
        if "PLAIN" in known:
            words = f"\0{user}\0{password}"
            reply = self._said(f"AUTH PLAIN {_b64(words)}", until)
        elif "LOGIN" in known:
            reply = self._said("AUTH LOGIN", until)
            for word in (user, password):
                reply = self._said(_b64(word), until) if reply.code == 334 else reply
        else:
            raise Outage("the server offers no way to log in that is known here", lasting=True)
        self._hear("the login", reply, lasting=reply.code >= 500)

    def _hear(self, what: str, reply: Reply, *, lasting: bool = False) -> None:
        if not 200 <= reply.code < 300:
            raise Outage(f"to {what}: {reply.said(self._provider.user or '')}", lasting=lasting)

    def _options(self, letter: Letter) -> str:
        options = ""
        if "SIZE" in self._offers:
            limit = self._offers["SIZE"]
            if limit.isdigit() and 0 < int(limit) < letter.size:
                raise Unfit(f"a mail of {letter.size} bytes, where the mail server takes {limit}")
            options += f" SIZE={letter.size}"
        if not letter.address.isascii():
            if "SMTPUTF8" not in self._offers:
                raise Unfit("the mail server does not take such an address: it offers no SMTPUTF8")
            options += " BODY=8BITMIME SMTPUTF8"
        return options

    def _envelope(self, letter: Letter, options: str, until: float) -> list[Reply]:
        """The replies to MAIL, RCPT and DATA; without pipelining, to the first that is not good."""
        commands = [f"MAIL FROM:<{letter.sender}>{options}", f"RCPT TO:<{letter.address}>", "DATA"]
        if "PIPELINING" in self._offers:
            self._wire.write("".join(f"{command}\r\n" for command in commands).encode(), until)
            return self._heard(len(commands), until)
        replies: list[Reply] = []
        for command in commands:
            replies.append(self._said(command, until))
            if not replies[-1].good:
                break
        return replies

    def _heard(self, count: int, until: float) -> list[Reply]:
        replies: list[Reply] = []
        while len(replies) < count:
            try:
                replies.append(self._wire.reply(until))
            except OSError:
                if all(reply.good for reply in replies):
                    raise
                break  # a server that says no may hang up on what else it was told
        return replies

    def _refused(self, letter: Letter, replies: list[Reply], until: float, *, ended: bool) -> None:
        """Raise what the first reply says that is not good."""
        for place, reply in enumerate(replies):
            if reply.code == GOODBYE or (reply.code in _LOGIN_NEEDED and place == 0):
                raise Outage(reply.said(*letter.private), lasting=reply.code != GOODBYE)
            if not reply.good:
                self._forget(until, ended=ended)
                raise verdict(reply, letter.private, on_recipient=place == 1, on_sender=place == 0)
        raise OSError("the server says what is no SMTP")

    def _forget(self, until: float, *, ended: bool) -> None:
        """Of a mail that was refused halfway, the server may still have the first half."""
        with suppress(OSError):
            if not ended:  # it waits for the mail all the same
                self._wire.write(_END, until)
                self._wire.reply(until)
            self.in_step = self._said("RSET", until).good
            self.rested = time.monotonic()

    def _content(self, letter: Letter, until: float) -> None:
        """Send it to its end. If that raises, the end is not sent, and no server takes what it has."""
        try:
            for piece in letter.pieces():
                self._wire.write(piece, until)
        except TimeoutError:
            if letter.large:
                raise Slow(f"a mail of {letter.size} bytes could not be sent in time") from None
            raise

    def _taken(self, letter: Letter, until: float) -> None:
        try:
            reply = self._wire.reply(until, patient=True)
        except (OSError, TimeLimit) as error:
            raise InDoubt(f"the mail was sent, and then: {error}") from None
        if reply.code == GOODBYE:
            raise Outage(reply.said(*letter.private))
        self.in_step = True
        self.rested = time.monotonic()
        if reply.code >= 400:
            raise verdict(reply, letter.private)
        if reply.code >= 300:
            raise InDoubt(f"the mail was sent, and then: {reply.said(*letter.private)}")

    def _said(self, command: str, until: float) -> Reply:
        self._wire.write(f"{command}\r\n".encode(), until)
        return self._wire.reply(until)


@contextmanager
def _outage(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Outage(f"{doing}: {error}") from None


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
