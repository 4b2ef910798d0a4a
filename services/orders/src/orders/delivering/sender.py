"""Sending one event to one endpoint, and nowhere else."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from errno import EACCES
from socket import AddressFamily

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from standardwebhooks import Webhook

from orders.targets import Forbidden, Targets
from orders.webhooks import Attempt, Delivery, Endpoint

WITHIN = 15.0
"""Seconds for an endpoint to take an event."""
_READ = 64 * 1024  # bytes of an answer that are read, so that its connection can be used again
_TOLD = 200  # characters of an error that are kept
_LONGEST = 9  # digits of a Retry-After that are believed


class Sender:
    """Sends one event to one endpoint."""

    def __init__(self, session: ClientSession, targets: Targets) -> None:
        self._session = session
        self._targets = targets

    async def __call__(self, endpoint: Endpoint, delivery: Delivery) -> Attempt:
        """What came of it. 2xx: it was taken."""
        at, started = datetime.now(UTC), time.monotonic()
        status, error, retry_after = None, None, None
        try:
            status, retry_after = await self._post(endpoint, delivery, at)
            if not 200 <= status < 300:
                error = f"It answered {status}."
        except TimeoutError:
            error = f"It did not answer within {WITHIN:.0f} s."
        except (ClientError, OSError, ValueError, Forbidden) as failure:
            error = str(failure)[:_TOLD] or type(failure).__name__
        milliseconds = round((time.monotonic() - started) * 1000)
        return Attempt(delivery.id, at, milliseconds, status, error, retry_after)

    async def _post(
        self, endpoint: Endpoint, delivery: Delivery, at: datetime
    ) -> tuple[int, timedelta | None]:
        self._targets.check(endpoint.url)  # what is permitted may have changed since it was registered
        async with self._session.post(
            endpoint.url,
            data=delivery.body.encode(),
            headers={"Content-Type": "application/json", **_signed(endpoint, delivery, at)},
            allow_redirects=False,  # it could lead to where webhooks do not go
        ) as response:
            await response.content.read(_READ)
            seconds = response.headers.get("Retry-After", "")
            return response.status, timedelta(
                seconds=int(seconds[:_LONGEST])
            ) if seconds.isdecimal() else None


def _signed(endpoint: Endpoint, delivery: Delivery, at: datetime) -> dict[str, str]:
    """What tells a receiver which event it is, and that we sent it: https://www.standardwebhooks.com."""
    signatures = (Webhook(each).sign(delivery.event_id, at, delivery.body) for each in endpoint.secrets(at))
    return {
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class _Guarded(ThreadedResolver):
    """Names lead to permitted addresses or nowhere. What it returns is what is connected to: a name that
    leads elsewhere a moment later changes nothing."""

    def __init__(self, targets: Targets) -> None:
        super().__init__()
        self._targets = targets

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        permitted = [each for each in found if self._targets.permit(each["host"])]
        if not permitted:
            raise PermissionError(EACCES, f"{host} has no public address")
        return permitted


@asynccontextmanager
async def opened(targets: Targets, name: str) -> AsyncIterator[Sender]:
    """Connections to endpoints, kept for those that are sent much. `name`: what we call ourselves there."""
    async with ClientSession(
        connector=TCPConnector(resolver=_Guarded(targets), limit=0),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=WITHIN),
        headers={"User-Agent": name},
        auto_decompress=False,  # a small answer could become a large one
    ) as session:
        yield Sender(session, targets)
