"""A circuit breaker: whether somebody is asked at all, after they have failed.

    closed    everybody is let through; five failures in a row open it, one that is lasting at once
    open      nobody is, for 5 s at first and up to 60 s
    probing   the time is over: exactly one is let through, and what comes of it closes or opens again

Each process finds out for itself: who shares no server with others has nothing to ask them.
"""

import threading
import time
from enum import Enum, auto

import structlog

log = structlog.get_logger(__name__)

_FAILURES = 5
_SHORTEST, _LONGEST = 5.0, 60.0  # seconds open
_LOST = 60.0  # seconds after which a probe of which nothing was heard is made again


class Way(Enum):
    """How one was let through."""

    CLOSED = auto()
    AS_PROBE = auto()


class Breaker:
    """Of one whom we ask. For any number of threads."""

    def __init__(
        self, name: str, kind: str, *, shortest: float = _SHORTEST, longest: float = _LONGEST
    ) -> None:
        """`kind`: what it is, in logs: `provider.opened provider=main`."""
        self._name = name
        self._kind = kind
        self._shortest, self._longest = shortest, longest
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._pause = shortest
        self._next = 0.0
        """When the next probe may be made, while it is open."""

    def enter(self) -> Way | None:
        """Let one through, or do not (None). What comes of it must be told with the same `Way`."""
        with self._lock:
            if self._opened_at is None:
                return Way.CLOSED
            now = time.monotonic()
            if now < self._next:
                return None
            self._next = now + _LOST
            return Way.AS_PROBE

    @property
    def shut(self) -> bool:
        """Whether nobody would be let through now."""
        return self._opened_at is not None and time.monotonic() < self._next

    def succeeded(self, way: Way) -> None:
        """There was an answer, whatever it said of what was asked."""
        if way is Way.CLOSED and not self._failures:
            return  # nearly always: no lock for it
        with self._lock:
            if self._opened_at is None:
                self._failures = 0
            elif way is Way.AS_PROBE:
                seconds = time.monotonic() - self._opened_at
                self._opened_at, self._failures, self._pause = None, 0, self._shortest
                log.info(self._event("closed"), after=round(seconds, 1), **self._named)

    def failed(self, way: Way, reason: str, *, lasting: bool = False) -> None:
        """There was none. `lasting`: it will not go away by itself, such as a wrong password."""
        with self._lock:
            if self._opened_at is None:
                self._count(reason, lasting)
            elif way is Way.AS_PROBE:
                self._pause = min(2 * self._pause, self._longest)
                self._next = time.monotonic() + self._pause

    def _count(self, reason: str, lasting: bool) -> None:
        self._failures += 1
        log.warning(self._event("failed"), error=reason, **self._named)
        if lasting or self._failures >= _FAILURES:
            self._opened_at = time.monotonic()
            self._next = self._opened_at + self._pause
            log.error(self._event("opened"), reason=reason, **self._named)

    def _event(self, what: str) -> str:
        return f"{self._kind}.{what}"

    @property
    def _named(self) -> dict[str, str]:
        return {self._kind: self._name}

    @property
    def pause(self) -> float:
        """Seconds until asking again makes sense: not before the next probe; later, the longer it lasts."""
        with self._lock:
            if self._opened_at is None:
                return 1.0
            now = time.monotonic()
            return max(self._next - now, (now - self._opened_at) / 2, 1.0)
