"""The bell: whoever follows an account in this process is told when any process has something new for it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from mesh import AsyncDatabase
from orders.store.events import CHANNEL


class Bell:
    """One listener for all who wait, on one connection."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_down = False
        """Whether the process stops, and whoever follows is to end."""

    @contextmanager
    def heard(self, account: str) -> Iterator[asyncio.Event]:
        """Set whenever there may be something new for the account: once more than needed, but never less."""
        rung = asyncio.Event()
        self._waiting[account].add(rung)
        try:
            yield rung
        finally:
            self._waiting[account].discard(rung)
            if not self._waiting[account]:
                del self._waiting[account]

    def listeners(self, account: str) -> int:
        """How many wait for that account."""
        return len(self._waiting.get(account, ()))

    async def listen(self) -> None:
        """For ever."""
        async for account in self._database.heard(CHANNEL):
            self._ring(account)

    def take_down(self) -> None:
        """Nothing is followed any more."""
        self.is_down = True
        self._ring("")

    def _ring(self, account: str) -> None:
        """An empty one is all of them: something may have been missed."""
        accounts = [account] if account else list(self._waiting)
        for each in accounts:
            for rung in self._waiting.get(each, ()):
                rung.set()
