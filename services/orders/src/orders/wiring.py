"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from mesh import AsyncDatabase
from mesh.ratelimit import RateLimiter
from orders.settings import Settings


@dataclass(frozen=True, slots=True)
class Deps:
    """What the handlers of orders need beside their transaction."""

    patience: timedelta
    """The time to pay an order."""


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker."""
    yield Deps(settings.time_to_pay)


@asynccontextmanager
async def open_database(settings: Settings, role: str) -> AsyncIterator[AsyncDatabase]:
    """For what runs in a loop. A database that is away is waited for by each use, not at the start."""
    database = AsyncDatabase(settings.database_url, f"orders-{role}", settings.http_connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_limiter(settings: Settings) -> AsyncIterator[RateLimiter | None]:
    """For the API. Its server is connected to by the first request that is counted."""
    if settings.limits_url is None:
        yield None
        return
    limiter = RateLimiter(settings.limits_url, "LIMITS_URL")
    try:
        yield limiter
    finally:
        await limiter.close()
