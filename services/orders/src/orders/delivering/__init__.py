"""`orders webhooks`: sends events to clients' endpoints.

A process of its own: what it talks to is slow, or hostile, and nothing else here opens connections to places
that clients name. Several may run. An event is sent at least once: a process that dies with an answer in its
hand leaves it to be sent again, under the same id.
"""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

import structlog

from mesh import context
from mesh.health import Heartbeat
from orders import wiring
from orders.delivering.deliverer import MOST, Deliverer
from orders.delivering.sender import opened
from orders.settings import Settings
from orders.targets import Targets

log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Until SIGTERM; what is on its way then is finished."""
    log.info("webhooks.starting", networks=list(map(str, settings.webhook_networks)))
    asyncio.run(_serve(settings))  # not uvloop: its four threads look up names for everybody
    log.info("webhooks.stopped")


async def _serve(settings: Settings) -> None:
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    loop.set_default_executor(ThreadPoolExecutor(MOST, "names"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    heartbeat = Heartbeat(settings.health_dir, "orders", "webhooks")

    targets, name = Targets(settings.webhook_networks), f"Meshwork/{context.producer().build}"
    async with wiring.open_database(settings, "webhooks") as database, opened(targets, name) as send:
        await Deliverer(database, send).run(stopping, heartbeat.beat)
