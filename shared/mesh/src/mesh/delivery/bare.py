"""Handlers that need no database: no inbox, no transaction, at least once.

What they do must bear being done twice: a cache filled, a counter of somebody else's that knows ids.
"""

import time
from collections.abc import Sequence
from typing import Any

from mesh import context
from mesh.delivery.opened import Delivery, log
from mesh.handler import Handler, refuse_other
from mesh.timelimit import time_limit

Failure = tuple[Delivery, Exception]


def handle(
    handler: Handler, chunk: Sequence[Delivery], deps: Any, until: float
) -> tuple[list[Failure], Sequence[Delivery]]:
    """Handle the messages of a chunk. Returns those that failed, each with its error, and those that were not
    begun: after `until`, of the monotonic clock, none is, but a batch is begun as a whole."""
    if handler.batch:
        return _together(handler, chunk, deps), []
    return _one_by_one(handler, chunk, deps, until)


def one(handler: Handler, delivery: Delivery, deps: Any) -> Any:
    """Handle one message. Returns what the handler answers, raises what it raises."""
    message = [delivery.message] if handler.batch else delivery.message
    with context.delivery(delivery.head, delivery.attempt), time_limit(handler.time_limit):
        reply = handler.function(message, deps)
        refuse_other(handler, reply)
        log.info("delivery.handled")
        return reply


def _one_by_one(
    handler: Handler, chunk: Sequence[Delivery], deps: Any, until: float
) -> tuple[list[Failure], Sequence[Delivery]]:
    failures: list[Failure] = []
    for number, delivery in enumerate(chunk):
        if number and time.monotonic() > until:
            return failures, chunk[number:]
        try:
            one(handler, delivery, deps)
        except Exception as error:  # noqa: BLE001 whatever it is, it is this message's
            failures.append((delivery, error))
    return failures, []


def _together(handler: Handler, chunk: Sequence[Delivery], deps: Any) -> list[Failure]:
    """A batch that fails is tried by halves, which finds the message at fault."""
    try:
        with context.batch(chunk), time_limit(handler.time_limit):
            handler.function([d.message for d in chunk], deps)
            log.info("batch.handled", first=str(chunk[0].id), last=str(chunk[-1].id))
    except Exception as error:  # noqa: BLE001 as above
        if len(chunk) == 1:
            return [(chunk[0], error)]
        middle = len(chunk) // 2
        return _together(handler, chunk[:middle], deps) + _together(handler, chunk[middle:], deps)
    return []
