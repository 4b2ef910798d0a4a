"""The server: aiohttp's, with limits on what a connection may do, and problems where it answers itself.

Before a request is one, no route and no middleware sees it. What is wrong with it is told here, as everywhere
else (RFC 9457), and is a line in the log, not a traceback: anybody can send bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import HttpVersion10, web
from aiohttp.http_exceptions import LineTooLong

from contracts import uuid7
from orders.api.middleware import SAFE
from orders.api.problems import (
    EXPECTATION_FAILED,
    HEAD_TOO_LARGE,
    INTERNAL,
    MALFORMED,
    TOO_SLOW,
    UNAVAILABLE,
    Problem,
    response,
)

log = structlog.get_logger(__name__)

HEAD_WITHIN = 10.0
"""Seconds for a request's head to come: from the connection on, later from its first byte on."""
KEEP_ALIVE = 75.0
"""Seconds for which a connection may rest between two requests: more than what proxies are used to (60)."""
LINGER = 2.0
"""Seconds for the rest of a document that nobody reads: hung up on, its sender would see no answer."""
SURPLUS_WITHIN = 1.0
"""Seconds in which a connection that is one too many may ask, to be told so."""
_GO_ON = "100-continue"
_LONGEST_LINE = 8190  # bytes, of the request line and of each header
_MOST_HEADERS = 100

_LIMITS: dict[str, Any] = {
    "keepalive_timeout": KEEP_ALIVE,
    "lingering_time": LINGER,
    "max_line_size": _LONGEST_LINE,
    "max_field_size": _LONGEST_LINE,
    "max_headers": _MOST_HEADERS,
    "auto_decompress": False,  # documents come as they are: a small one cannot become a large one
    "access_log": None,  # `request.handled` says the same, with the correlation id
}


class Runner(web.AppRunner):
    """Runs an application in such a server."""

    def __init__(self, app: web.Application, most: int, **rest: Any) -> None:
        """`most` clients are connected at once."""
        super().__init__(app, **rest)
        self._most = most

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return Server(made, self._most)


class Server(web.Server):
    """All connections of one process."""

    def __init__(self, made: web.Server, most: int) -> None:
        """`made`: as aiohttp makes it."""
        super().__init__(
            partial(_answer, made.request_handler),
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **_LIMITS,
        )
        self._most = most
        self._full = False

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def has_room(self) -> bool:
        """For the connection that was just made. Said once, until there is room again."""
        full = len(self._connections) > self._most
        if full and not self._full:
            log.warning("connections.full", most=self._most)
        self._full = full
        return not full


class Connection(web.RequestHandler):
    """One client's."""

    __slots__ = ("_head_begun", "_head_timer", "_surplus", "when_lost")

    def __init__(self, server: Server, **rest: Any) -> None:
        super().__init__(server, **rest)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_begun = False
        self._surplus = False
        self.when_lost: Callable[[], None] = lambda: None
        """Called once its client is gone: whoever answers for ever has nobody to answer any more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(self._manager, Server)
        self._surplus = not self._manager.has_room()
        self._await_head(SURPLUS_WITHIN if self._surplus else HEAD_WITHIN)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._await_no_head()
        super().connection_lost(exc)
        self.when_lost()

    def data_received(self, data: bytes) -> None:
        if self._surplus:  # closed before it is read, the connection would be reset, and our answer lost
            self._refuse(UNAVAILABLE.problem("There are too many connections. Try again."))
            return
        super().data_received(data)
        if not self._resting():
            self._head_begun = False
            self._await_no_head()
        elif data:
            self._head_begun = True
            if self._head_timer is None:
                self._await_head(HEAD_WITHIN)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Of what came, nothing is said or logged: it may be anything, a key among it."""
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer cannot be made a problem")
        if status == HTTPStatus.BAD_REQUEST:
            large = isinstance(exc, LineTooLong) or (message or "").startswith("Too many headers")
            answer = refusal((HEAD_TOO_LARGE if large else MALFORMED).problem(), type(exc).__name__)
        else:
            log.error("request.failed", exc_info=exc)
            answer = refusal(INTERNAL.problem())
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **rest: Any) -> None:
        """The rest of a broken document is not worth a traceback: it was answered."""
        if not isinstance(rest.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **rest)

    def _resting(self) -> bool:
        """No request is being handled, and none has come whole."""
        return not self._messages and self._waiter is not None and not self._waiter.done()

    def _await_head(self, seconds: float) -> None:
        self._head_timer = self._loop.call_later(seconds, self._give_up)

    def _await_no_head(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._head_begun and self._resting():
            self._refuse(TOO_SLOW.problem())
        elif self._resting():
            self.force_close()  # to who has said nothing, nothing is said

    def _refuse(self, problem: Problem) -> None:
        """Without a request there is no answer of aiohttp's."""
        if self.transport:
            self.transport.write(_written(refusal(problem)))
        self.force_close()


def refusal(problem: Problem, error: str = "") -> web.Response:
    """To what never became a request."""
    answer, id = response(problem), str(uuid7())
    answer.headers.update({"X-Request-Id": id, **SAFE})
    log.info(
        "request.refused",
        status=problem.status,
        type=problem.document["type"],
        error=error,
        correlation_id=id,
    )
    return answer


async def _answer(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], request: web.BaseRequest
) -> web.StreamResponse:
    """But for what has no headers, and what aiohttp would refuse before a middleware is asked."""
    if request.version < HttpVersion10:
        return refusal(MALFORMED.problem())
    if request.headers.get("Expect", _GO_ON).lower() != _GO_ON:
        return refusal(EXPECTATION_FAILED.problem())
    return await handle(request)


def _written(answer: web.Response) -> bytes:
    headers = {**answer.headers, "Content-Length": str(answer.content_length), "Connection": "close"}
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    head = "\r\n".join([status, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    assert isinstance(answer.text, str)
    return head.encode() + answer.text.encode()
