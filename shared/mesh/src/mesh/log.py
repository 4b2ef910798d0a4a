"""Logs: one event per line, `noun.verbed` with fields, JSON for machines and colour for people.

What Celery, kombu and aiohttp log goes the same way, so that every line of a process reads alike.
"""

import logging
import os
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from contracts import Producer
from mesh import context
from mesh.settings import Settings


def _story(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Which request a line belongs to: written out where there is a line, which is not in every request."""
    if (id := context.correlation.get()) is not None:
        event.setdefault("correlation_id", str(id))
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _story,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(settings: Settings, producer: Producer, role: str) -> None:
    """Set up the logging of this process, once, before it does anything."""
    shared = [*_SHARED, _stamp(producer, role)]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    _quieten_libraries()


def _stamp(producer: Producer, role: str) -> Processor:
    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event.update(service=producer.service, role=role, build=producer.build)
        return event

    return stamp


def _renderers(settings: Settings) -> list[Processor]:
    terminal = sys.stderr.isatty()
    if (settings.log_format or ("console" if terminal else "json")) == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # LOG_COLOR is set by a supervisor that merges our lines into its own terminal.
    colors = terminal or os.environ.get("LOG_COLOR") == "1"
    # Plain tracebacks: the pretty ones print local variables, which are customers' data.
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]


def _quieten_libraries() -> None:
    """Their INFO is one line per poll, request or migration step: noise at three in the morning."""
    for name in (
        "celery",
        "kombu",
        "amqp",
        "aiohttp.access",
        "alembic",
        "psycopg.pool",
        "botocore",
        "urllib3",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
