"""When a call is tried again. It is safe: a GET changes nothing, and a POST has its key."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from meshwork_client.call import Outcome

_PASSING = (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError)
_STATUSES = {408, 429, 502, 503, 504}
"""And each answer that says when to come again, such as 409 while the first attempt is being worked on."""


@dataclass(frozen=True)
class Retries:
    """How often, and how soon."""

    attempts: int = 5
    """In all: 1 is never again."""
    first: float = 0.25
    """Seconds, at the most, before the second attempt; twice as many before each that follows."""
    longest: float = 20.0
    """Seconds, at the most, before any. Where the API asks for more, its answer is raised."""

    def pause(self, outcome: Outcome, attempt: int) -> float | None:
        """Seconds until the next attempt after this one, which is counted from 1. None: that was the last."""
        if attempt >= self.attempts or not _passes(outcome):
            return None
        jitter = random.uniform(0, min(self.longest, self.first * 2 ** (attempt - 1)))
        asked = retry_after(outcome) if isinstance(outcome, httpx2.Response) else None
        if asked is None:
            return jitter
        return asked + min(jitter, self.first) if asked <= self.longest else None


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds. None: the answer does not say, or not so that it can be understood."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return None


def _passes(outcome: Outcome) -> bool:
    if isinstance(outcome, httpx2.Response):
        return outcome.status_code in _STATUSES or (outcome.is_error and retry_after(outcome) is not None)
    return isinstance(outcome, _PASSING)
