"""What an API does now and then for its tables, beside its clients."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from mesh import Unavailable
from orders.api.state import DATABASE
from orders.background import running
from orders.store.forgetting import FORGOTTEN, forget

log = structlog.get_logger(__name__)

PAUSE = 60.0
"""Seconds."""
_MOST = 1000
"""Rows in one transaction: while it lasts, events wait for it (decision 0022)."""


async def doing(app: web.Application) -> AsyncIterator[None]:
    async with running(_do(app)):
        yield


async def _do(app: web.Application) -> None:
    while True:
        try:
            await tidy(app)
        except Unavailable as error:
            log.warning("chores.put_off", error=str(error))
        except Exception:  # a database that is not migrated yet: there is another time
            log.exception("chores.failed")
        await asyncio.sleep(PAUSE)


async def tidy(app: web.Application) -> None:
    """Forget what nobody may ask for any more, some rows in each transaction."""
    for what in FORGOTTEN:
        forgotten = _MOST
        while forgotten == _MOST:
            async with app[DATABASE].begin() as tx:
                forgotten = await forget(tx, what, _MOST)
        log.debug("rows.forgotten", what=what, count=forgotten)
