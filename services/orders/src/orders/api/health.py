"""/health/live: the process lives. /health/ready: it can do its work, and how what it depends on is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

import structlog
from aiohttp import web

from mesh import Unavailable
from mesh.health import Heartbeat
from mesh.ratelimit import Rate
from orders.api.problems import STOPPED, UNAVAILABLE
from orders.api.state import ANNOUNCER, DATABASE, LIMITER, LISTENING, STOPPING
from orders.background import running

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()

WITHIN = 2.0
"""Seconds for a dependency to answer. Who asks waits a few, and takes silence for a no."""

_ANY = Rate(1, 1)  # what is asked for does not matter: whether an answer comes does

State = Literal["up", "down", "unknown"]


class Check(NamedTuple):
    """How one dependency is."""

    look: Callable[[web.Application], Awaitable[State | None]]
    """None: this API does without it. Raises mesh.Unavailable where that says that it is down."""
    needed: bool
    """Whether no request can be answered without it."""


@routes.get("/health/live")
async def lives(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


@routes.get("/health/ready")
async def ready(request: web.Request) -> web.Response:
    """Raises Problem: 503 while it stops, or while what it needs is away."""
    if request.app[STOPPING].is_set():
        raise STOPPED.problem()
    found = await asyncio.gather(*(_state(name, check, request.app) for name, check in CHECKS.items()))
    states = {name: state for name, state in zip(CHECKS, found, strict=True) if state}
    down = {name for name, state in states.items() if state == "down"}
    if any(CHECKS[name].needed for name in down):
        raise UNAVAILABLE.problem(dependencies=states)
    return web.json_response({"status": "degraded" if down else "ready", "dependencies": states})


async def _state(name: str, check: Check, app: web.Application) -> State | None:
    try:
        async with asyncio.timeout(WITHIN):
            return await check.look(app)
    except (Unavailable, TimeoutError) as error:
        log.warning("dependency.down", dependency=name, error=str(error) or f"silent for {WITHIN:g} s")
        return "down"


async def _database(app: web.Application) -> State:
    async with app[DATABASE].begin() as tx:
        await tx.execute("SELECT FROM orders LIMIT 1")
    return "up"


async def _broker(app: web.Application) -> State:
    """Of what the API does nothing waits for it: what it knows is whether its last lease was taken."""
    reached = app[ANNOUNCER].reached if ANNOUNCER in app else None
    return "unknown" if reached is None else "up" if reached else "down"


async def _limits(app: web.Application) -> State | None:
    """Whether requests are counted. Else they are taken all the same, or refused, as is set."""
    if LIMITER not in app:
        return None
    await app[LIMITER].look("ready", _ANY)
    return "up"


CHECKS = {
    "database": Check(_database, needed=True),
    "broker": Check(_broker, needed=False),
    "limits": Check(_limits, needed=False),
}
"""What the API depends on. Each is asked at the same time."""


async def beating(heartbeat: Heartbeat, app: web.Application) -> AsyncIterator[None]:
    """Keep the heartbeat, from the loop that serves, as soon as it can be reached.

    It is written in a thread: a broker that is away, whom it also tells, must not keep a request waiting.
    Always the same one: the last word comes after another that is still being said.
    """
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, "heartbeat")

    async def beat() -> None:
        await app[LISTENING].wait()
        while True:
            state: Literal["stopping", "ready"] = "stopping" if app[STOPPING].is_set() else "ready"
            await loop.run_in_executor(thread, heartbeat.beat, state, "")
            await asyncio.sleep(1)

    async with running(beat()):
        yield
    await loop.run_in_executor(thread, heartbeat.beat, "stopping")
    await loop.run_in_executor(thread, heartbeat.end)
    thread.shutdown()
