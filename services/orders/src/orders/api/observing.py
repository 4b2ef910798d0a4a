"""Around every request: it is counted, timed, and told in one log line, when its answer is on its way."""

import asyncio
import logging
import re
import time

import structlog
from aiohttp import web

from orders.api.access import KEY
from orders.api.middleware import Handler
from orders.api.state import METRICS, STOPPING, UNDERWAY

log = structlog.get_logger(__name__)

TAKEN_WITHIN = 60.0
"""Seconds for a client to take its answer, but for what the kernel keeps for it: up to a few MB."""


_OPENING = re.compile(r"(?<=/unsubscribe/).+|(?<=/files/).+|gAAAA[^/]+", re.DOTALL)
"""What opens something to whoever has it, wherever a path has it: at no route it is a token, too."""


@web.middleware
async def observed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The answer is sent here, and not behind us by aiohttp: only then is it known how large it was, and
    whether somebody was there to take it."""
    app, started = request.app, time.perf_counter()
    with app[UNDERWAY]:
        answer = await handler(request)
        if app[STOPPING].is_set():
            answer.force_close()  # says so, too: the client sends its next request elsewhere
        gone = not await _sent(request, answer)
    seconds, operation = time.perf_counter() - started, _operation(request)
    timed = seconds if isinstance(answer, web.Response) else None  # a stream lasts as long as it is wanted
    app[METRICS].handled(operation, request.method, answer.status, timed, gone=gone)
    if log.is_enabled_for(logging.INFO):  # else its fields would be looked for in vain
        _log(request, operation, answer, seconds, gone=gone)
    return answer


async def _sent(request: web.Request, answer: web.StreamResponse) -> bool:
    """Whether its client was there to the end."""
    try:
        async with asyncio.timeout(TAKEN_WITHIN):
            await answer.prepare(request)
            await answer.write_eof()
            await request.writer.drain()
    except (ConnectionError, TimeoutError):
        if request.transport:
            request.transport.abort()
        return False
    return request.transport is not None


def _operation(request: web.Request) -> str:
    """The route's template: there are a few dozen of them, and of paths as many as clients think of."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


def _log(
    request: web.Request, operation: str, answer: web.StreamResponse, seconds: float, *, gone: bool
) -> None:
    key = request.get(KEY)
    log.info(
        "request.handled",
        method=request.method,
        path=_OPENING.sub("{token}", request.path),
        operation=operation,
        status=answer.status,
        bytes=answer.body_length,
        ms=round(seconds * 1000, 1),
        **({"key": key.id, "account": key.account} if key else {}),
        **({"gone": True} if gone else {}),
    )
