"""Who asks: a key, the account that it belongs to, and what it is for."""

import time
from datetime import UTC, datetime

from aiohttp import web

from mesh import AsyncDatabase
from orders import keys
from orders.api.problems import FORBIDDEN, UNAUTHORIZED
from orders.keys import Key, Scope
from orders.store import keys as stored

FRESH = 5.0
"""Seconds for which a key is not looked up again. For so long one that was revoked may still open."""
_MOST = 10_000  # keys that are remembered


class Keyring:
    """The keys of this API's clients."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self._known: dict[str, tuple[Key, float]] = {}

    async def key(self, request: web.Request, scope: Scope) -> Key:
        """The key of whoever asks. Raises Problem: 401 without one, 403 where it lacks the scope."""
        found = await self._opening(request.headers.get("Authorization", ""))
        if found is None:
            raise UNAUTHORIZED.problem()
        if scope not in found.scopes:
            raise FORBIDDEN.problem(f"This key is not for that: it lacks {scope}.", scope=scope)
        return found

    async def _opening(self, authorization: str) -> Key | None:
        scheme, _, token = authorization.partition(" ")
        parts = keys.split(token.strip())
        if scheme.lower() != "bearer" or parts is None:
            return None
        id, secret = parts
        key = await self._find(id)
        return key if key and key.opens(secret, datetime.now(UTC)) else None

    async def _find(self, id: str) -> Key | None:
        now = time.monotonic()
        key, until = self._known.get(id, (None, 0.0))
        if now < until:
            return key
        async with self._database.begin() as tx:
            key = await stored.find(tx, id)
        if key:  # whoever guesses fills nothing
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[id] = key, now + FRESH
        return key
