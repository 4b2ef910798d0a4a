"""API keys: `Authorization: Bearer mw_<id>_<secret>`, of which a hash is stored."""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from bench.baselines.shop.database import Reading
from bench.baselines.shop.models import Key

FRESH = 5.0
"""Seconds for which a key is not looked up again."""

_known: dict[str, tuple[Key, float]] = {}


async def _find(id: str) -> Key | None:
    key, until = _known.get(id, (None, 0.0))
    if time.monotonic() < until:
        return key
    async with Reading() as session:
        key = await session.get(Key, id)
    if key:
        _known[id] = key, time.monotonic() + FRESH
    return key


async def _opening(request: Request) -> Key:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    kind, _, rest = token.partition("_")
    id, _, secret = rest.partition("_")
    key = await _find(id) if (scheme, kind) == ("Bearer", "mw") else None
    if key is None or not hmac.compare_digest(key.hash, hashlib.sha256(secret.encode()).digest()):
        raise HTTPException(401)
    if key.revoked_at or (key.expires_at and key.expires_at <= datetime.now(UTC)):
        raise HTTPException(401)
    return key


async def may_read(request: Request) -> str:
    """The account."""
    return _account(await _opening(request), "orders:read")


async def may_write(request: Request) -> str:
    """The account."""
    return _account(await _opening(request), "orders:write")


def _account(key: Key, scope: str) -> str:
    if scope not in key.scopes:
        raise HTTPException(403)
    return key.account


Reader = Annotated[str, Depends(may_read)]
Writer = Annotated[str, Depends(may_write)]
