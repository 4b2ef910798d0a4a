"""A browser that wants to hear of something. The standard library and nothing else."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

_NAMES = UUID("0a6c5a0e-8a5f-4a3e-9c0d-5b4f6f9b7c11")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person's in one browser, at one account's pages."""

    id: UUID
    account: str
    email: str = field(repr=False)
    endpoint: str = field(repr=False)  # who knows it and the keys can write to that browser
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    added_at: datetime

    @property
    def browser(self) -> bytes:
        return browser(self.endpoint)


def browser(endpoint: str) -> bytes:
    """By which it is known after its endpoint is forgotten."""
    return sha256(endpoint.encode()).digest()


def id_of(account: str, email: str, endpoint: str) -> UUID:
    """The same however often it is added, and another for another person: what is on its way to the one
    must not reach the other."""
    return uuid5(_NAMES, f"{account}\n{email}\n{endpoint}")
