"""The bell: whoever follows an account in this process is told when any process has something new for it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from mesh import AsyncDatabase
from orders.store.events import CHANNEL

_REST = 0.01  # seconds in which what else comes for an account gathers: each time it rings is a query


class Bell:
    """One listener for all who wait, on one connection."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._resting: dict[str, bool] = {}  # those that rang just now, and whether they have to again
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
        if not account:
            for each in self._waiting:
                self._sound(each)
        elif account in self._resting:
            self._resting[account] = True
        elif account in self._waiting:
            self._sound(account)
            self._resting[account] = False
            asyncio.get_running_loop().call_later(_REST, self._rested, account)

    def _rested(self, account: str) -> None:
        if self._resting.pop(account):
            self._ring(account)

    def _sound(self, account: str) -> None:
        for rung in self._waiting.get(account, ()):
            rung.set()
