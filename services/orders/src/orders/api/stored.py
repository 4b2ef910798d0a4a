"""Answers that are files of the file store."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

from aiohttp import web

from contracts.files import File
from orders.api.problems import NO_REPORTS
from orders.api.state import FILES
from orders.api.streaming import begun


def refuse_without_store(request: web.Request) -> None:
    if FILES not in request.app:
        raise NO_REPORTS.problem()


async def sent(request: web.Request, file: File, **headers: str) -> web.StreamResponse:
    """Raises Gone, where it is not there any more, and Unavailable."""
    pieces = request.app[FILES].read(file)
    piece = await _next(pieces)  # before anything is said: it may not be there any more
    async with begun(request, file.media_type, **_headers(file), **headers) as response:
        while piece:
            await response.write(piece)
            piece = await _next(pieces)
    return response


async def _next(pieces: Iterator[bytes]) -> bytes:
    """From a disk, or a share: in a thread, as it may take long. Empty at the end."""
    return await asyncio.to_thread(next, pieces, b"")


def _headers(file: File) -> dict[str, str]:
    digest = b64encode(bytes.fromhex(file.digest)).decode()
    return {
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "ETag": f'"{file.digest}"',
        "Repr-Digest": f"sha-256=:{digest}:",  # RFC 9530
    }
