"""Mails to whichever provider takes them: the preferred one, or the next where that one cannot."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import formataddr, parseaddr
from typing import NamedTuple

from emails.domain import Mail
from emails.smtp import mime
from emails.smtp.addresses import deliverable
from emails.smtp.dkim import Signer
from emails.smtp.errors import Busy, NotItsTurn, Outage, Refused, Slow, Unfit
from emails.smtp.mime import Letter
from emails.smtp.providers import Provider
from emails.smtp.route import Route
from mesh import Retry, Unavailable
from mesh.errors import RefusedAtStart
from mesh.ratelimit import Rate
from mesh.turns import Turns

_DEADLINE = 25.0  # seconds for one mail, whoever is asked: its handler has 30
_ENOUGH = 0.2  # of them are left where another provider is still asked
_PATIENCE, _OF_BULK = 1.0, 0.5  # seconds a thread waits for a turn; what is urgent goes before what is not
_LONGEST = 80.0  # seconds until a mail comes again, times 0.5 to 1.5


class Handed(NamedTuple):
    """A mail server took a mail over."""

    at: datetime
    provider: str


class Mailer:
    """For any number of threads."""

    def __init__(
        self,
        providers: Sequence[Provider],
        sender: str,
        *,
        reply_to: str | None = None,
        signer: Signer | None = None,
        bulk_rate: Rate | None = None,
        turns: Turns | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        """`sender`, `reply_to`: such as `Meshwork <orders@meshwork.example>`.

        Raises RefusedAtStart. Connects to nobody yet.
        """
        self._sender, self._from = _ours("MAIL_FROM", sender)
        self._domain = self._sender.rpartition("@")[2]
        self._reply_to = _ours("MAIL_REPLY_TO", reply_to)[1] if reply_to else None
        self._signer = signer
        self._bulk_rate = bulk_rate
        self._turns = turns or Turns(None, "LIMITS_URL")
        self._deadline = deadline
        self._routes = [Route(provider, self._domain) for provider in providers]

    def send(self, mail: Mail) -> Handed:
        """Hand a mail over. Returns when a server took it.

        Raises mesh.Retry, Refused, mesh.Unavailable and InDoubt: emails.smtp.errors says what each means.
        """
        address = deliverable(mail.to_address)
        until = time.monotonic() + self._deadline
        letter: Letter | None = None
        troubles: dict[Route, Exception] = {}
        for route in self._routes:
            if route.breaker.shut or (troubles and until - time.monotonic() < _ENOUGH * self._deadline):
                continue
            self._wait(route, mail, address)
            letter = letter or self._written(mail, address)
            if not (way := route.breaker.enter()):
                continue
            try:
                route.hand_over(letter, way, until)
            except (Outage, Unfit, Busy) as error:
                troubles[route] = error
            else:
                return Handed(datetime.now(UTC), route.name)
        raise self._nobody(troubles)

    def close(self) -> None:
        """Close every kept connection."""
        for route in self._routes:
            route.close()
        self._turns.close()

    def _written(self, mail: Mail, address: str) -> Letter:
        kind, body = mime.body(mail)
        headers = [*mime.headers(mail, self._from, address, self._domain, self._reply_to), kind]
        if self._signer:
            headers.insert(0, self._signer.signature(headers, body))
        return Letter(self._sender, address, mime.written(headers), body)

    def _wait(self, route: Route, mail: Mail, address: str) -> None:
        """Until it is the mail's turn; raises Unavailable if that is not soon."""
        rates = route.rates(address.rpartition("@")[2])
        if mail.bulk and self._bulk_rate:
            rates.append(("smtp:bulk", self._bulk_rate))
        if not rates:
            return
        line, patience = ("bulk", _OF_BULK) if mail.bulk else ("mail", _PATIENCE)
        turn = self._turns.take(rates, line, patience)
        if not turn.granted:
            raise NotItsTurn("it is not this mail's turn: as many go out as may", after=turn.seconds)
        if turn.seconds:
            time.sleep(turn.seconds)

    def _nobody(self, troubles: Mapping[Route, Exception]) -> Exception:
        """What it means that no provider took a mail, and said nothing of it."""
        said = "; ".join(f"{route.name}: {error}" for route, error in troubles.items())
        fit = [route for route in self._routes if not isinstance(troubles.get(route), Unfit)]
        if not fit:
            return Refused(said)
        if any(isinstance(error, Slow) for error in troubles.values()):
            return Retry(said)  # it costs an attempt: it might be the same each time
        pause = min(_LONGEST, *(route.breaker.pause for route in fit))
        after = pause * random.uniform(0.5, 1.5)  # a herd does not come back as one
        return Unavailable(said or "no mail server can be reached", after=after)


def _ours(setting: str, text: str) -> tuple[str, str]:
    """The address in one of our own headers, and the header."""
    name, given = parseaddr(text)
    try:
        address = deliverable(given)
        return address, formataddr((name, address))
    except (Refused, UnicodeError) as error:
        raise RefusedAtStart(f"{setting}: {error}") from None
