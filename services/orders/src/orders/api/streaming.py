"""Answers that come piece by piece."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from mesh import Unavailable

log = structlog.get_logger(__name__)


@asynccontextmanager
async def begun(request: web.Request, media: str, **headers: str) -> AsyncIterator[web.StreamResponse]:
    """Once it has begun there is no other answer: whatever goes wrong cuts it off, which its client sees."""
    response = web.StreamResponse(headers=headers)
    response.content_type = media
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
