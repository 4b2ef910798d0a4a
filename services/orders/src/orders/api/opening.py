"""Links from mails (`mesh.links`): who comes with one has no key, and is let in to what it says."""

import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import TypeVar

from aiohttp import web
from pydantic import ValidationError

from contracts import Value
from mesh.links import NoLink
from orders.api.problems import NO_LINK
from orders.api.state import LIMITS, LINKS

V = TypeVar("V", bound=Value)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{100,8000}={0,3}")


async def opened(request: web.Request, use: str, model: type[V]) -> V:
    """What the link says. One that opens is counted by itself, as a key is: mail providers unsubscribe many
    people from one address. One that does not is counted by its sender's address.

    Raises Problem: 404 for what opens nothing, whatever the reason; 429, 503 as `Limits` does.
    """
    token = _whole(request.match_info["token"])
    said = _read(request, use, token, model)
    if said is None:
        await request.app[LIMITS].count_address(request)
        raise NO_LINK.problem()
    await request.app[LIMITS].count_link(request, sha256(urlsafe_b64decode(token)).hexdigest())
    return said


def _whole(token: str) -> str:
    """Programs that find links in a text leave out what ends it: `=`."""
    token = token.rstrip("=")
    return token + "=" * (-len(token) % 4)


def _read(request: web.Request, use: str, token: str, model: type[V]) -> V | None:
    if LINKS not in request.app or not _TOKEN.fullmatch(token):
        return None
    try:
        return request.app[LINKS].read(use, token, model)
    except (NoLink, ValidationError):  # what a link says is nothing for a log: no reason is told
        return None
