"""Webhooks: where clients have events sent, and when these are tried again. The standard library alone."""

import secrets
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from orders.domain import Refused

PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800))
"""After each failure; after the last one a delivery is given up. Together 23.7 hours."""

GIVEN_UP_AFTER = timedelta(days=3)
"""An endpoint that took nothing for so long is disabled."""

BOTH_SECRETS = timedelta(hours=24)
"""For which a secret that was replaced still signs, too."""

MOST_ENDPOINTS = 20
"""Of one account."""

_PREFIX = "whsec_"


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TooMany(Refused):
    """The account has all the endpoints that it may have."""

    def __init__(self) -> None:
        super().__init__(f"An account has {MOST_ENDPOINTS} endpoints at the most.")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an account has its events sent."""

    id: UUID
    account: str
    url: str
    types: tuple[str, ...]
    """Of domain.EventType, or of a newer build. None: all."""
    description: str | None
    secret: str
    enabled: bool
    created_at: datetime
    failing_since: datetime | None = None
    """None: what was tried last was taken."""
    disabled_why: str | None = None
    old_secret: str | None = None
    old_secret_until: datetime | None = None

    def secrets(self, at: datetime) -> Iterator[str]:
        """Those that sign at that time."""
        yield self.secret
        if self.old_secret and self.old_secret_until and at < self.old_secret_until:
            yield self.old_secret


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: UUID
    endpoint_id: UUID
    event_id: str
    """The same at every endpoint and every attempt."""
    type: str
    body: str
    """JSON, sent as it stands."""
    state: DeliveryState
    failures: int
    """Since it was sent the first time, or again."""
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending one."""

    delivery_id: UUID
    at: datetime
    milliseconds: int
    status: int | None
    """None: there was no answer."""
    error: str | None
    """None: it was taken."""
    retry_after: timedelta | None = None
    """What the endpoint asked for."""

    @property
    def refused_for_good(self) -> bool:
        """410: nobody wants any of them any more."""
        return self.status == 410


def new_secret() -> str:
    """As Standard Webhooks writes it."""
    return _PREFIX + b64encode(secrets.token_bytes(32)).decode()


def pause(failures: int, jitter: float, retry_after: timedelta | None = None) -> timedelta | None:
    """Until it is tried again, after so many failures. None: it is given up.

    `jitter`, 0 to 1: how much of a tenth more. `retry_after`: what the endpoint asked for.
    """
    if failures > len(PAUSES):
        return None
    found = PAUSES[failures - 1] * (1 + jitter / 10)
    return max(found, min(retry_after, PAUSES[-1])) if retry_after else found
