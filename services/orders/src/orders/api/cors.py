"""CORS: which pages of other origins a browser lets read our answers, and send us more than a form.

aiohttp-cors 0.8 wants each route named, and is silent where there is none, and about Vary. Keys travel in a
header of their own and not in cookies, so no credentials are allowed.
"""

from typing import Final

from aiohttp import web

from orders.api.middleware import Handler

_ASKED: Final = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
    "traceparent",
    "X-Request-Id",
)
_SHOWN: Final = (
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
)
_REMEMBERED = "7200"  # seconds that a browser need not ask again; more than Chromium takes


def allow(app: web.Application, origins: frozenset[str]) -> None:
    """Let pages of these origins in; `*`: of all. Without any, nothing is done."""
    if origins:
        cors = _Cors(origins)
        app.middlewares.append(cors.preflight)
        app.on_response_prepare.append(cors.show)


class _Cors:
    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = origins

    @web.middleware
    async def preflight(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A browser asks before it sends: it is told of the path's methods. Of no path, it is 404."""
        refused = request.match_info.http_exception
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not (asks and isinstance(refused, web.HTTPMethodNotAllowed) and self._reader(request)):
            return await handler(request)
        headers = {
            "Access-Control-Allow-Methods": ", ".join(sorted(refused.allowed_methods)),
            "Access-Control-Allow-Headers": ", ".join(_ASKED),
            "Access-Control-Max-Age": _REMEMBERED,
        }
        return web.Response(status=204, headers=headers)

    async def show(self, request: web.Request, answer: web.StreamResponse) -> None:
        """On every answer, errors among them: a page shall know what is wrong."""
        if "*" not in self._origins:
            answer.headers.add("Vary", "Origin")
        if reader := self._reader(request):
            answer.headers["Access-Control-Allow-Origin"] = reader
            answer.headers["Access-Control-Expose-Headers"] = ", ".join(_SHOWN)

    def _reader(self, request: web.Request) -> str | None:
        """Who may read the answer. None: no other origin."""
        origin = request.headers.get("Origin")
        if origin and "*" in self._origins:
            return "*"
        return origin if origin in self._origins else None
