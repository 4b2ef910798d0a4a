"""Work that goes on beside other work, and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

_AGAIN = 1.0  # seconds


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """`work` is done inside, and over outside. Raises what it has raised.

    It is cancelled until it is: a library that is interrupted may raise an error of its own instead (psycopg
    in a pipeline does), which work that never gives up survives.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_AGAIN)
    if not task.cancelled():
        task.result()
