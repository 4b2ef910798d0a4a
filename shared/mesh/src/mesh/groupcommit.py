"""Group commit: writes that arrive while another is under way share the next transaction.

An API answers each client after its own commit, and a commit costs several round trips and a flush to
disk. Alone, a write goes at once; under load the commit is shared by all that gathered meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from mesh.database import AsyncDatabase, AsyncTx
from mesh.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")
Item = tuple[T, asyncio.Future[R]]

MOST = 100
"""Writes in one transaction. One is under way at a time: the next gathers while it waits for the disk."""


class GroupCommit(Generic[T, R]):
    """`write` stores several items in the transaction it is given, and says of each what came of it. It must
    take any number of them."""

    def __init__(
        self,
        database: AsyncDatabase,
        write: Callable[[Sequence[T], AsyncTx], Awaitable[Sequence[R]]],
        committed: Callable[[Sequence[R]], None] = lambda _: None,
    ) -> None:
        """`committed` is told of each transaction what came of its items."""
        self._open = database.begin
        self._write = write
        self._committed = committed
        self._waiting: list[Item[T, R]] = []
        self._writer: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """What came of it, when it is committed. Raises what `write` raises for it, or mesh.Unavailable."""
        committed: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, committed))
        if self._writer is None:
            self._writer = asyncio.create_task(self._run())
        return await committed

    async def _run(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._commit(group)
        finally:
            # In the step that found nothing waiting: who comes after it starts another writer. A callback of
            # the task's would come a step later, and who came between would wait for the next one.
            self._writer = None

    async def _commit(self, group: list[Item[T, R]]) -> None:
        try:
            async with self._open() as tx:
                results = await self._write([item for item, _ in group], tx)
        except Exception as error:  # noqa: BLE001 it is the caller's, whatever it is
            if len(group) == 1 or isinstance(error, Unavailable):
                _fail(group, error)
            else:  # one of them is at fault: it must not take its neighbours along
                middle = len(group) // 2
                await self._commit(group[:middle])
                await self._commit(group[middle:])
        else:
            self._committed(results)
            for (_, committed), result in zip(group, results, strict=True):
                if not committed.done():  # its client went away
                    committed.set_result(result)


class GroupRead(GroupCommit[T, R]):
    """The same for what is only read: one statement for all that gathered while another was under way. It
    begins after all of them were asked, so none sees less than was committed then."""

    def __init__(
        self, database: AsyncDatabase, find: Callable[[Sequence[T], AsyncTx], Awaitable[Sequence[R]]]
    ) -> None:
        super().__init__(database, find)
        self._open = database.read


def _fail(group: list[Item[T, R]], error: Exception) -> None:
    for _, committed in group:
        if not committed.done():
            committed.set_exception(error)
