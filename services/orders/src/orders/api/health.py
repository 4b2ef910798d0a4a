"""/health/live: the process lives. /health/ready: it can do its work."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from aiohttp import web

from mesh.health import Heartbeat
from orders.api.state import DATABASE, LISTENING

routes = web.RouteTableDef()


@routes.get("/health/live")
async def lives(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


@routes.get("/health/ready")
async def ready(request: web.Request) -> web.Response:
    async with request.app[DATABASE].begin() as tx:
        await tx.execute("SELECT FROM orders LIMIT 1")
    return web.json_response({"status": "ready"})


async def beating(heartbeat: Heartbeat, app: web.Application) -> AsyncIterator[None]:
    """Keep the heartbeat, from the loop that serves, as soon as it can be reached.

    It is written in a thread: a broker that is away, whom it also tells, must not keep a request waiting.
    Always the same one: the last word comes after another that is still being said.
    """
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, "heartbeat")

    async def beat() -> None:
        await app[LISTENING].wait()
        while True:
            await loop.run_in_executor(thread, heartbeat.beat, "ready")
            await asyncio.sleep(1)

    task = asyncio.create_task(beat())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await loop.run_in_executor(thread, heartbeat.beat, "stopping")
    await loop.run_in_executor(thread, heartbeat.end)
    thread.shutdown()
