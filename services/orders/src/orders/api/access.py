"""Who asks: a key, the account that it belongs to, and what it is for."""

import time
from datetime import UTC, datetime

from aiohttp import web

from mesh import AsyncDatabase
from mesh.groupcommit import GroupRead
from orders import keys
from orders.api.limits import Limits
from orders.api.problems import FORBIDDEN, UNAUTHORIZED
from orders.keys import Key, Scope
from orders.store import keys as stored

FRESH = 5.0
"""Seconds for which a key is not looked up again. For so long one that was revoked may still open."""
_MOST = 10_000  # keys that are remembered

KEY = web.RequestKey("key", Key)
"""Whose request it is, once that is known."""


class Keyring:
    """The keys of this API's clients."""

    def __init__(self, database: AsyncDatabase, limits: Limits) -> None:
        self._stored = GroupRead(database, stored.find_all)
        self._limits = limits
        self._known: dict[str, tuple[Key, float]] = {}

    async def admit(self, request: web.Request, scope: Scope) -> Key:
        """As `key`, and count the request. Raises Problem also where that is one too many: 429."""
        found = await self._opening(request)
        await self._limits.count_key(request, found.id)
        return _meant_for(scope, found)

    async def key(self, request: web.Request, scope: Scope) -> Key:
        """The key of whoever asks. Raises Problem: 401 without one, 403 where it lacks the scope."""
        return _meant_for(scope, await self._opening(request))

    async def _opening(self, request: web.Request) -> Key:
        """Whoever has no key that opens is counted by address, and soon nothing is looked up for it any more.

        A key that was seen before is: nobody else who tries from there shuts it out.
        """
        token = _token(request.headers.get("Authorization", ""))
        id, secret = token or ("", "")
        if id not in self._known:
            await self._limits.look_at_address(request)
        key = await self._find(id) if token else None
        if key is None or not key.opens(secret, datetime.now(UTC)):
            await self._limits.count_address(request)
            raise UNAUTHORIZED.problem()
        request[KEY] = key
        return key

    async def _find(self, id: str) -> Key | None:
        now = time.monotonic()
        key, until = self._known.get(id, (None, 0.0))
        if now < until:
            return key
        key = await self._stored(id)
        if key:  # whoever guesses fills nothing
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[id] = key, now + FRESH
        return key


def _meant_for(scope: Scope, key: Key) -> Key:
    if scope not in key.scopes:
        raise FORBIDDEN.problem(f"This key is not for that: it lacks {scope}.", scope=scope)
    return key


def _token(authorization: str) -> tuple[str, str] | None:
    """Id and secret; None: there are none."""
    scheme, _, token = authorization.partition(" ")
    return keys.split(token.strip()) if scheme.lower() == "bearer" else None
