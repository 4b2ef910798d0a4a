"""One process that serves: from its loop's first step to its last."""

import asyncio
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
import uvloop
from aiohttp import web

from orders.api.draining import drain
from orders.api.server import Runner
from orders.api.sockets import again, named
from orders.api.state import LISTENING
from orders.settings import Settings

log = structlog.get_logger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LAST_WORDS = 1.0  # seconds for what is left when everybody was waited for


@dataclass(frozen=True)
class Ports:
    """Where it is reached."""

    clients: Sequence[socket.socket]
    operators: Sequence[socket.socket]
    """For /metrics; none, where nobody asks for it."""

    def again(self) -> "Ports":
        """The same, for one process of several."""
        return Ports(again(self.clients), again(self.operators))


def run(
    api: web.Application, metrics: web.Application, ports: Ports, settings: Settings, line: int | None = None
) -> None:
    """Serve until told to stop: by a signal, or by the end of `line`, which a parent holds.

    Alone, a second signal ends it at once; with a parent that is the parent's part, as some supervisors tell
    both.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(api, metrics, ports, settings, line))


async def _serve(
    api: web.Application, metrics: web.Application, ports: Ports, settings: Settings, line: int | None
) -> None:
    told = _told_to_stop(line)
    clients = Runner(api, settings.http_clients, shutdown_timeout=_LAST_WORDS)
    operators = web.AppRunner(metrics, access_log=None, shutdown_timeout=_LAST_WORDS)
    try:
        await _listen(operators, ports.operators)
        await _listen(clients, ports.clients)
        api[LISTENING].set()
        log.info("api.listening", at=named(ports.clients), metrics=named(ports.operators))
        await told.wait()
        _heed_no_more(line)
        await drain(clients, ports.clients, settings.drain)
    finally:
        await clients.cleanup()
        await operators.cleanup()  # the stop can be watched to its end


async def _listen(runner: web.AppRunner, sockets: Sequence[socket.socket]) -> None:
    await runner.setup()
    for each in sockets:
        await web.SockSite(runner, each).start()


def _told_to_stop(line: int | None) -> asyncio.Event:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in _SIGNALS:
        loop.add_signal_handler(number, told.set)
    if line is not None:
        loop.add_reader(line, told.set)
    return told


def _heed_no_more(line: int | None) -> None:
    """To whoever tells us to stop: it is done."""
    if line is not None:
        asyncio.get_running_loop().remove_reader(line)
        return
    for number in _SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
