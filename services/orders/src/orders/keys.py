"""Keys: what opens the API to a client, and how far. The standard library and nothing else.

A token is `mw_<id>_<secret>`. The id is no secret: it is in logs and lists, and finds the key's row. The
secret is shown once, when the key is made.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

_TOKEN = re.compile(r"mw_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Scope(StrEnum):
    """What a key is for."""

    READ = "orders:read"
    WRITE = "orders:write"
    WEBHOOKS = "webhooks"
    PEOPLE = "people:write"
    SCHEDULES = "schedules"


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    account: str
    """Whose orders it opens."""
    name: str
    """For people."""
    scopes: frozenset[str]
    hash: bytes
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def opens(self, secret: str, at: datetime) -> bool:
        """Compared in constant time."""
        right = hmac.compare_digest(self.hash, _hash(secret))
        return right and self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def make(
    account: str, name: str, scopes: Iterable[Scope], at: datetime, expires_at: datetime | None
) -> tuple[Key, str]:
    """A new key and its token. Raises ValueError for an account that is none."""
    if not ACCOUNT.fullmatch(account):
        raise ValueError(f"{account!r} is no account: up to 40 small letters, digits and hyphens")
    id, secret = "".join(secrets.choice(_LETTERS) for _ in range(12)), secrets.token_urlsafe(32)
    key = Key(id, account, name, frozenset(scopes), _hash(secret), at, expires_at, None)
    return key, f"mw_{id}_{secret}"


def split(token: str) -> tuple[str, str] | None:
    """Id and secret; None: that is no token."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
