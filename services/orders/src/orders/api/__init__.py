"""The HTTP API: request in, one call, response out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from mesh.announcer import Announcer
from mesh.files import open_store
from mesh.groupcommit import GroupCommit, GroupRead
from mesh.health import Heartbeat, Listener
from mesh.links import Links
from orders import wiring
from orders.api import (
    chores,
    cors,
    description,
    docs,
    events,
    exposition,
    files,
    health,
    imports,
    jobs,
    limits,
    orders,
    preferences,
    process,
    push,
    pushdemo,
    reports,
    schedules,
    webhooks,
)
from orders.api.access import Keyring
from orders.api.bell import Bell
from orders.api.limits import Limits
from orders.api.metrics import Metrics
from orders.api.middleware import correlated, labelled, problems
from orders.api.observing import observed
from orders.api.operation import Operations
from orders.api.pages import Pages
from orders.api.process import Ports
from orders.api.processes import Parent, Place
from orders.api.sampling import sampling
from orders.api.sockets import bound
from orders.api.state import (
    ANNOUNCER,
    BELL,
    DATABASE,
    FILES,
    KEYRING,
    LIMITER,
    LIMITS,
    LINKS,
    LISTENING,
    METRICS,
    PAGES,
    PATIENCE,
    PLACING,
    READING,
    STOPPING,
    TARGETS,
    UNDERWAY,
    VAPID,
)
from orders.api.underway import Underway
from orders.background import running
from orders.settings import Settings
from orders.store.orders import find_all
from orders.targets import Targets
from orders.usecases import placing

log = structlog.get_logger(__name__)

_LARGEST_BODY = 256 * 1024  # bytes; a hundred lines are about 20 KiB
_PARTS = (orders, events, webhooks, imports, reports, jobs, schedules, preferences, push, files)
_API = Operations(*(part.api for part in _PARTS))


def application(
    settings: Settings, announcer: Announcer | None = None, *listeners: Listener
) -> web.Application:
    """The application. Opens nothing before it starts. `listeners`: who else is told that it lives."""
    app = web.Application(middlewares=[correlated, observed, problems], client_max_size=_LARGEST_BODY)
    app.add_routes([*_API.routes(), *health.routes, *docs.routes, *description.routes(_API.all)])
    if settings.push_demo:
        app.add_routes(pushdemo.routes)
    app.on_response_prepare.append(labelled)
    app.on_response_prepare.append(limits.tell)
    cors.allow(app, settings.cors_origins)
    app[LISTENING], app[STOPPING] = asyncio.Event(), asyncio.Event()
    app[METRICS], app[UNDERWAY] = Metrics(), Underway()
    app[PATIENCE] = settings.time_to_pay
    app[TARGETS] = Targets(settings.webhook_networks)
    if settings.files_url:
        app[FILES] = open_store(settings.files_url)
    if settings.link_keys:
        app[LINKS] = Links("", settings.link_keys)
    if settings.vapid_public_key:
        app[VAPID] = settings.vapid_public_key
    app.cleanup_ctx.append(partial(_database, settings))
    app.cleanup_ctx.append(_bell)
    app.on_shutdown.append(_end_streams)
    app.cleanup_ctx.append(chores.doing)
    app.cleanup_ctx.append(sampling)
    if announcer:
        app[ANNOUNCER], listeners = announcer, (*listeners, announcer)
    heartbeat = Heartbeat(settings.health_dir, "orders", "api", *listeners)
    app.cleanup_ctx.append(partial(health.beating, heartbeat))
    return app


def openapi() -> dict[str, Any]:
    """What the API says of itself at /openapi.json."""
    return description.describe(_API.all)


def serve(settings: Settings, announce: Callable[[], Announcer]) -> None:
    """Serve until SIGTERM; then no new requests, and those under way are finished.

    `announce`: makes what tells the broker of a process, in that process.
    """
    log.info("api.starting", processes=settings.http_processes)
    several = settings.http_processes > 1
    ports = Ports(*(_bound(settings, port, several) for port in (settings.http_port, settings.metrics_port)))
    if several:
        heartbeat = Heartbeat(settings.health_dir, "orders", "api")
        Parent(settings.http_processes, heartbeat, partial(_serve_among, settings, announce, ports)).run()
    else:
        app = application(settings, announce())
        process.run(app, exposition.shown(app[METRICS]), ports, settings)
    log.info("api.stopped")


def _bound(settings: Settings, port: int | None, shared: bool) -> list[socket.socket]:
    return [] if port is None else bound(settings.http_host, port, shared=shared)


def _serve_among(
    settings: Settings, announce: Callable[[], Announcer], reserved: Ports, place: Place
) -> None:
    """One of several: its parent keeps the heartbeat file of all."""
    line, ports = place.take(), reserved.again()
    app = application(settings.model_copy(update={"health_dir": None}), announce(), place)
    process.run(app, exposition.shown(app[METRICS], place.figures), ports, settings, line)


async def _database(settings: Settings, app: web.Application) -> AsyncIterator[None]:
    async with wiring.open_database(settings, "api") as database, wiring.open_limiter(settings) as limiter:
        app[DATABASE] = database
        if limiter:
            app[LIMITER] = limiter
        app[LIMITS] = Limits(settings, limiter)
        app[KEYRING] = Keyring(database, app[LIMITS])
        place = partial(placing.place, patience=app[PATIENCE])
        app[PLACING] = GroupCommit(database, place, app[METRICS].committed)
        app[READING], app[PAGES] = GroupRead(database, find_all), Pages(database)
        yield


async def _bell(app: web.Application) -> AsyncIterator[None]:
    app[BELL] = Bell(app[DATABASE])
    async with running(app[BELL].listen()):
        yield


async def _end_streams(app: web.Application) -> None:
    """They would last for ever, and a process that stops waits for its answers."""
    app[BELL].take_down()
