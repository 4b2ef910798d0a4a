"""The requests that this process is at."""

import asyncio
from types import TracebackType


class Underway:
    """Counts them. As a context manager: one more inside."""

    def __init__(self) -> None:
        self.count = 0
        self._none = asyncio.Event()
        self._none.set()

    async def none(self) -> None:
        """Wait until there is none."""
        await self._none.wait()

    def __enter__(self) -> None:
        self.count += 1
        self._none.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.count -= 1
        if not self.count:
            self._none.set()
