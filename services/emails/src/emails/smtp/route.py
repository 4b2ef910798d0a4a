"""The way to one provider: its kept connections, its breaker, its rates."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue

from emails.smtp.conversation import Conversation
from emails.smtp.errors import Busy, InDoubt, Outage, Refused, Slow
from emails.smtp.mime import Letter
from emails.smtp.providers import Provider
from mesh import Retry
from mesh.breaker import Breaker, Way
from mesh.ratelimit import Rate
from mesh.timelimit import TimeLimit

_WAITS = 1.0  # seconds for a connection to become free
_RESTS = 60.0  # seconds after which a kept connection may be one that only we still have


class Route:
    """For any number of threads."""

    def __init__(self, provider: Provider, name: str) -> None:
        """`name`: what we call ourselves. Raises RefusedAtStart; connects to nobody yet."""
        self.name = provider.name
        self.breaker = Breaker(provider.name, "provider")
        self._provider = provider
        self._ourselves = name
        self._tls = provider.context()
        self._free = threading.BoundedSemaphore(provider.connections)
        self._idle: LifoQueue[Conversation] = LifoQueue()

    def rates(self, domain: str) -> list[tuple[str, Rate]]:
        """Those that a mail to a domain counts for."""
        given = [("", self._provider.rate), (f":{domain.lower()}", self._provider.domain_rate)]
        return [(f"smtp:{self.name}{whose}", rate) for whose, rate in given if rate]

    def hand_over(self, letter: Letter, way: Way, until: float) -> None:
        """Raises what a Conversation raises, and Busy; the breaker is told."""
        try:
            with self._place(until):
                self._talk(letter, until)
        except Outage as outage:
            self.breaker.failed(way, str(outage), lasting=outage.lasting)
            raise
        except (InDoubt, TimeLimit) as error:
            self.breaker.failed(way, str(error))
            raise
        except (Refused, Retry):  # it answered
            self.breaker.succeeded(way)
            raise
        self.breaker.succeeded(way)

    def close(self) -> None:
        """Close every kept connection."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def _talk(self, letter: Letter, until: float) -> None:
        if kept := self._kept():
            try:
                self._use(kept, letter, until)
            except Outage as outage:
                self.close()  # what one of them missed, the others did too: that says nothing of the provider
                if isinstance(outage, Slow) or time.monotonic() >= until:
                    raise
            else:
                return
        self._use(Conversation(self._provider, self._tls, self._ourselves, until), letter, until)

    def _use(self, talk: Conversation, letter: Letter, until: float) -> None:
        try:
            talk.hand_over(letter, until)
        finally:
            if talk.in_step:
                self._idle.put(talk)
            else:
                talk.close()

    def _kept(self) -> Conversation | None:
        """A kept connection that was fine a moment ago. None: there is none."""
        with suppress(Empty):
            while talk := self._idle.get_nowait():
                if talk.alive and time.monotonic() - talk.rested < _RESTS:
                    return talk
                talk.close()
        return None

    @contextmanager
    def _place(self, until: float) -> Iterator[None]:
        if not self._free.acquire(timeout=min(_WAITS, max(0.0, until - time.monotonic()))):
            raise Busy("as many connections are in use as it allows")
        try:
            yield
        finally:
            self._free.release()
