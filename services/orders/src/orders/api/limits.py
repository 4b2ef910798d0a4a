"""How often a client may ask, and what it is told of that with every answer.

After draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy: "key";q=1000;w=10` says that a thousand
requests in ten seconds are well, `RateLimit: "key";r=998;t=1` that 998 of them are left, and in a second all
are there again. Where none is left, `t` and Retry-After say when there will be one.
"""

from collections.abc import Awaitable, Callable
from ipaddress import IPv6Network, ip_address
from math import ceil

from aiohttp import web

from mesh import Unavailable
from mesh.ratelimit import Quota, Rate, RateLimiter
from orders.api.problems import LIMITED, UNAVAILABLE
from orders.settings import Settings

Asking = Callable[[RateLimiter, str, Rate], Awaitable[Quota]]

TOLD = web.RequestKey("told", dict[str, str])
"""The headers that say so, once the request is counted."""


class Limits:
    """Those of keys, of links, and of addresses that come without either."""

    def __init__(self, settings: Settings, limiter: RateLimiter | None) -> None:
        """Without a limiter there are none."""
        self._limiter = limiter
        self._rates = {
            "key": settings.rate_limit,
            "link": settings.address_limit,
            "address": settings.address_limit,
        }
        self._open = settings.limits_fail_open
        self._proxies = settings.http_proxies

    async def count_key(self, request: web.Request, id: str) -> None:
        """Raises Problem: 429 for one too many, 503 where it cannot be counted and shall be."""
        await self._ask(request, "key", id, RateLimiter.take)

    async def count_link(self, request: web.Request, id: str) -> None:
        """Of a request with a link that opens. `id`: not the link itself. Raises as `count_key`."""
        await self._ask(request, "link", id, RateLimiter.take)

    async def count_address(self, request: web.Request) -> None:
        """Of a request without a key, or a link, that opens. Raises as `count_key`."""
        await self._ask(request, "address", _client(request, self._proxies), RateLimiter.take)

    async def look_at_address(self, request: web.Request) -> None:
        """Raises as `count_address` would."""
        await self._ask(request, "address", _client(request, self._proxies), RateLimiter.look)

    async def _ask(self, request: web.Request, policy: str, whose: str, how: Asking) -> None:
        if self._limiter is None:
            return
        rate = self._rates[policy]
        try:
            quota = await how(self._limiter, f"{policy}:{whose}", rate)
        except Unavailable:
            if self._open:
                return
            raise UNAVAILABLE.problem("Requests cannot be counted. Try again.") from None
        request[TOLD] = _told(policy, rate, quota)
        if not quota.granted:
            raise LIMITED.problem(**{"violated-policies": [policy]})


async def tell(request: web.Request, answer: web.StreamResponse) -> None:
    """Of every answer, whatever it is."""
    answer.headers.update(request.get(TOLD, {}))


def _told(policy: str, rate: Rate, quota: Quota) -> dict[str, str]:
    seconds = ceil(quota.seconds)
    told = {
        "RateLimit-Policy": f'"{policy}";q={rate.requests};w={rate.seconds}',
        "RateLimit": f'"{policy}";r={quota.left};t={seconds}',
    }
    return told if quota.granted else {**told, "Retry-After": str(seconds)}


def _client(request: web.Request, proxies: int) -> str:
    """The address that our own proxies were asked from. Of IPv6 its network: one client has all of that."""
    heard = ",".join(request.headers.getall("X-Forwarded-For", [])).replace(" ", "").split(",")
    said = (heard[-proxies] if 0 < proxies <= len(heard) else "") or request.remote or ""
    try:
        address = ip_address(said)
    except ValueError:  # a name of the proxy's own
        return said[:64]
    return str(address if address.version == 4 else IPv6Network((address, 64), strict=False))
