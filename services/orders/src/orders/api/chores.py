"""What an API does now and then for its tables, beside its clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import structlog
from aiohttp import web

from mesh import Unavailable
from orders.api.state import DATABASE
from orders.store import answers

log = structlog.get_logger(__name__)

PAUSE = 60.0
"""Seconds."""


async def doing(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(_do(app))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _do(app: web.Application) -> None:
    while True:
        try:
            await forget_answers(app)
        except Unavailable:
            pass  # requests say so
        except Exception:  # a database that is not migrated yet: there is another time
            log.exception("chores.failed")
        await asyncio.sleep(PAUSE)


async def forget_answers(app: web.Application) -> None:
    """Those whose time is over, a few thousand in each transaction."""
    forgotten = most = 10_000
    while forgotten == most:
        async with app[DATABASE].begin() as tx:
            forgotten = await answers.forget(tx, most)
    log.debug("answers.forgotten", count=forgotten)
