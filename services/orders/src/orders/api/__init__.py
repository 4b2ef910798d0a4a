"""The HTTP API: request in, one call, response out."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import structlog
import uvloop
from aiohttp import web

from mesh.groupcommit import GroupCommit
from mesh.health import Heartbeat, Listener
from orders import wiring
from orders.api import chores, description, health, orders
from orders.api.access import Keyring
from orders.api.middleware import correlated, problems
from orders.api.state import DATABASE, KEYRING, LISTENING, PATIENCE, PLACING
from orders.settings import Settings
from orders.usecases import placing

log = structlog.get_logger(__name__)

_LARGEST_BODY = 256 * 1024  # bytes; a hundred lines are about 20 KiB


def application(settings: Settings, listener: Listener | None = None) -> web.Application:
    """The application. Opens nothing before it starts. `listener`: who else is told that it lives."""
    app = web.Application(middlewares=[correlated, problems], client_max_size=_LARGEST_BODY)
    app.add_routes([*orders.api.routes(), *health.routes, *description.routes(orders.api.all)])
    app[LISTENING] = asyncio.Event()
    app[PATIENCE] = settings.time_to_pay
    app.cleanup_ctx.append(partial(_database, settings))
    app.cleanup_ctx.append(chores.doing)
    heartbeat = Heartbeat(settings.health_dir, "orders", "api", listener)
    app.cleanup_ctx.append(partial(health.beating, heartbeat))
    return app


def serve(settings: Settings, listener: Listener) -> None:
    """Serve until SIGTERM; then no new requests, and those under way are finished."""
    log.info("api.starting", host=settings.http_host, port=settings.http_port)
    app = application(settings, listener)
    web.run_app(
        app,
        host=settings.http_host,
        port=settings.http_port,
        loop=uvloop.new_event_loop(),
        access_log=None,  # `request.handled` says the same, with the correlation id
        print=lambda _: app[LISTENING].set(),  # what aiohttp has to say is that it listens
        shutdown_timeout=10,
    )
    log.info("api.stopped")


async def _database(settings: Settings, app: web.Application) -> AsyncIterator[None]:
    async with wiring.open_database(settings) as database:
        app[DATABASE] = database
        app[KEYRING] = Keyring(database)
        app[PLACING] = GroupCommit(database, partial(placing.place, patience=app[PATIENCE]))
        yield
