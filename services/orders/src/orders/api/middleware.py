"""Around every request: a correlation id, one log line, and errors as problems."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from aiohttp import web

from contracts import uuid7
from mesh import Unavailable, context
from mesh.errors import TooLarge
from orders.api.problems import Problem, internal, of_http, response, too_large, unavailable

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def correlated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The story of a request: its id is the client's own, if that is a UUID, and goes back to it."""
    id = _requested_id(request) or uuid7()
    started = time.perf_counter()
    with context.request(id):
        answer = await handler(request)
        log.info(
            "request.handled",
            method=request.method,
            path=request.path,
            status=answer.status,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
    answer.headers["X-Request-Id"] = str(id)
    return answer


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered as a problem, and never with a stack trace."""
    try:
        return await handler(request)
    except Problem as problem:
        return response(problem)
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return response(of_http(error), **allowed)
    except TooLarge:
        return response(too_large())
    except Unavailable as error:
        log.warning("request.unavailable", error=str(error))
        return response(unavailable(), **{"Retry-After": "1"})
    except Exception:  # the edge: what is not foreseen is logged whole and answered as ours
        log.exception("request.failed")
        return response(internal())


def _requested_id(request: web.Request) -> UUID | None:
    try:
        return UUID(request.headers["X-Request-Id"])
    except (KeyError, ValueError):
        return None
