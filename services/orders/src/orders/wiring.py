"""What is real: opened once per process, after the fork, and passed in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from mesh import AsyncDatabase
from orders.settings import Settings


class Deps:
    """What the handlers of orders need beside their transaction: nothing yet."""


@contextmanager
def open_deps(settings: Settings) -> Iterator[Deps]:
    """For a worker."""
    yield Deps()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[AsyncDatabase]:
    """For the API. A database that is away is waited for by each request, not at the start."""
    database = AsyncDatabase(settings.database_url, "orders-api", settings.http_connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
