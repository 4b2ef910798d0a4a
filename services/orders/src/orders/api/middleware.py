"""Around every request: a correlation id, and errors as problems."""

import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID

import structlog
from aiohttp import web

from contracts import uuid7
from mesh import Unavailable, context
from orders.api.people import FOR_PEOPLE, failure
from orders.api.problems import problem_of, response

log = structlog.get_logger(__name__)

_TRACE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "Meshwork",
}
"""On each answer that says nothing else: data for programs, and personal. Versions are nobody's business."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

GONE = 499
"""What the log says of a client that went before it had asked: nobody is told."""

REQUEST_ID = web.RequestKey("request_id", UUID)


@web.middleware
async def correlated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The story of a request: its id is the client's own, if that is a UUID, and goes back to it."""
    id = request[REQUEST_ID] = _requested_id(request) or uuid7()
    with context.request(id, _traceparent(request)):
        return await handler(request)


async def labelled(request: web.Request, answer: web.StreamResponse) -> None:
    """What every answer says, just before it begins."""
    answer.headers.update({"X-Request-Id": str(request[REQUEST_ID]), "Server": SAFE["Server"]})
    for name, value in SAFE.items():
        answer.headers.setdefault(name, value)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered as a problem, and never with a stack trace."""
    try:
        return await handler(request)
    except Exception as error:
        if isinstance(error, ConnectionError) and request.transport is None:
            return web.Response(status=GONE)
        problem = problem_of(error)
        if isinstance(error, Unavailable):
            log.warning("request.unavailable", error=str(error))
        elif problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            log.exception("request.failed")
        return failure(request, problem) if request.get(FOR_PEOPLE) else response(problem)


def _traceparent(request: web.Request) -> str | None:
    """The client's trace, with a span of our own in it. None: there is none, or nothing that could be one."""
    found = _TRACE.fullmatch(request.headers.get("traceparent", ""))
    return f"00-{found[1]}-{secrets.token_hex(8)}-{found[2]}" if found else None


def _requested_id(request: web.Request) -> UUID | None:
    try:
        return UUID(request.headers["X-Request-Id"])
    except (KeyError, ValueError):
        return None
