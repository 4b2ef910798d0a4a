"""The HTTP API: request in, one call, response out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from mesh.groupcommit import GroupCommit, GroupRead
from mesh.health import Heartbeat, Listener
from orders import wiring
from orders.api import (
    chores,
    cors,
    description,
    docs,
    events,
    health,
    imports,
    jobs,
    limits,
    orders,
    server,
    webhooks,
)
from orders.api.access import Keyring
from orders.api.bell import Bell
from orders.api.limits import Limits
from orders.api.middleware import correlated, labelled, problems
from orders.api.operation import Operations
from orders.api.state import BELL, DATABASE, KEYRING, LISTENING, PATIENCE, PLACING, READING, TARGETS
from orders.settings import Settings
from orders.store.orders import find_all
from orders.targets import Targets
from orders.usecases import placing

log = structlog.get_logger(__name__)

_LARGEST_BODY = 256 * 1024  # bytes; a hundred lines are about 20 KiB
_API = Operations(orders.api, events.api, webhooks.api, imports.api, jobs.api)


def application(settings: Settings, listener: Listener | None = None) -> web.Application:
    """The application. Opens nothing before it starts. `listener`: who else is told that it lives."""
    app = web.Application(middlewares=[correlated, problems], client_max_size=_LARGEST_BODY)
    app.add_routes([*_API.routes(), *health.routes, *docs.routes, *description.routes(_API.all)])
    app.on_response_prepare.append(labelled)
    app.on_response_prepare.append(limits.tell)
    cors.allow(app, settings.cors_origins)
    app[LISTENING] = asyncio.Event()
    app[PATIENCE] = settings.time_to_pay
    app[TARGETS] = Targets(settings.webhook_networks)
    app.cleanup_ctx.append(partial(_database, settings))
    app.cleanup_ctx.append(_bell)
    app.on_shutdown.append(_end_streams)
    app.cleanup_ctx.append(chores.doing)
    heartbeat = Heartbeat(settings.health_dir, "orders", "api", listener)
    app.cleanup_ctx.append(partial(health.beating, heartbeat))
    return app


def openapi() -> dict[str, Any]:
    """What the API says of itself at /openapi.json."""
    return description.describe(_API.all)


def serve(settings: Settings, listener: Listener) -> None:
    """Serve until SIGTERM; then no new requests, and those under way are finished."""
    log.info("api.starting", host=settings.http_host, port=settings.http_port)
    server.run(application(settings, listener), settings)
    log.info("api.stopped")


async def _database(settings: Settings, app: web.Application) -> AsyncIterator[None]:
    async with wiring.open_database(settings, "api") as database, wiring.open_limiter(settings) as limiter:
        app[DATABASE] = database
        app[KEYRING] = Keyring(database, Limits(settings, limiter))
        app[PLACING] = GroupCommit(database, partial(placing.place, patience=app[PATIENCE]))
        app[READING] = GroupRead(database, find_all)
        yield


async def _bell(app: web.Application) -> AsyncIterator[None]:
    app[BELL] = Bell(app[DATABASE])
    listening = asyncio.create_task(app[BELL].listen())
    yield
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def _end_streams(app: web.Application) -> None:
    """They would last for ever, and a process that stops waits for its answers."""
    app[BELL].take_down()
