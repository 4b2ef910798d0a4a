"""/metrics, as Prometheus reads it: on a port of its own, as it is nothing for clients.

Where several processes serve, each keeps its figures in files that all of them can read, so whichever is
asked answers for all. A file is named by the process's number and not by its id, as the library would do:
one that takes the place of another counts on from there, and a crash loop leaves no heap of files behind.
"""

import os
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, values
from prometheus_client.aiohttp import make_aiohttp_handler
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.values import MultiProcessValue

from orders.api.metrics import Metrics


def share(directory: Path, number: int) -> None:
    """Keep the figures of this process there, from the first on that is made after this."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)  # the library takes it from nowhere else
    values.ValueClass = MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]


def forget(directory: Path, number: int) -> None:
    """Process `number` is dead: what it had open and under way is no more; what it counted stays."""
    mark_process_dead(number, str(directory))  # type: ignore[no-untyped-call]


def shown(metrics: Metrics, directory: Path | None = None) -> web.Application:
    """What the port answers. `directory`: where several processes share theirs."""
    registry = metrics.registry
    if directory:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    app = web.Application()
    app.add_routes([web.get("/metrics", make_aiohttp_handler(registry))])
    return app
