"""Answers that come piece by piece."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from mesh import Unavailable

log = structlog.get_logger(__name__)


class Pieces(web.StreamResponse):
    """An answer whose body comes piece by piece; who asks by HEAD wants none of them."""

    def __init__(self, request: web.Request, media: str, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self.content_type = media
        self._is_head = request.method == "HEAD"

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._is_head:
            await super().write(data)


@asynccontextmanager
async def begun(request: web.Request, media: str, **headers: str) -> AsyncIterator[web.StreamResponse]:
    """Once it has begun there is no other answer: whatever goes wrong cuts it off, which its client sees."""
    response = Pieces(request, media, headers)
    await response.prepare(request)
    try:
        yield response
    except ConnectionError:
        pass  # its client went away
    except Exception as error:
        known = isinstance(error, (Unavailable, TimeoutError))
        log.warning("stream.cut", error=str(error), exc_info=not known)
        if request.transport:
            request.transport.abort()
