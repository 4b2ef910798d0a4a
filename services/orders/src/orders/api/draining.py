"""The stop: who balances the load notices it, nobody new is let in, and whoever is inside is served."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress

import structlog
from aiohttp import web

from orders.api.bodies import READ_WITHIN
from orders.api.state import STOPPING, UNDERWAY

log = structlog.get_logger(__name__)

ON_THE_WAY = 0.25
"""Seconds for requests that were sent before we hung up on their connections."""

PATIENCE = READ_WITHIN + 5.0
"""Seconds for the requests under way: a document that has begun may take READ_WITHIN to come."""


async def drain(runner: web.AppRunner, sockets: Sequence[socket.socket], seconds: float) -> None:
    """Take requests for so long, and close connections behind them; then wait for those that are under way.

    To come before aiohttp's own cleanup, which reads no more of a document that is half there. Streams end at
    once, by STOPPING or by a hook in `on_shutdown`; cleanup calls those once more.
    """
    underway = runner.app[UNDERWAY]
    log.info("api.draining", seconds=seconds, requests=underway.count)
    runner.app[STOPPING].set()
    await runner.shutdown()
    await asyncio.sleep(seconds)
    await _close(runner, sockets)
    if runner.server and runner.server.connections:
        await asyncio.sleep(ON_THE_WAY)
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await underway.none()
    if underway.count:
        log.warning("requests.abandoned", count=underway.count)


async def _close(runner: web.AppRunner, sockets: Sequence[socket.socket]) -> None:
    """Listen no more; but let in who has connected already: the kernel would reset them."""
    last = [each.dup() for each in sockets]
    for site in runner.sites:
        await site.stop()
    for each in last:
        with each, suppress(BlockingIOError):
            each.setblocking(False)
            while True:
                await _let_in(runner, each.accept()[0])


async def _let_in(runner: web.AppRunner, client: socket.socket) -> None:
    assert runner.server is not None
    client.setblocking(False)
    await asyncio.get_running_loop().connect_accepted_socket(runner.server, client)
