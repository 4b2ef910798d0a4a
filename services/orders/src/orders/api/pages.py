"""Pages of events: read once, and written once, for all streams that ask for the same at one moment."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID
from weakref import WeakValueDictionary

from mesh import AsyncDatabase, AsyncTx
from mesh.groupcommit import GroupRead
from orders.store import events
from orders.store.events import Event, Position
from orders.usecases import telling

_MOST = 100  # events that one stream has in memory

Wanted = tuple[str, Position]
"""Whose events, and behind which position."""


class Told(NamedTuple):
    """An event as it is sent."""

    order_id: UUID | None
    type: str
    text: str


class Page(NamedTuple):
    """What follows a position."""

    events: list[Told]
    upto: Position
    """What lies before it and is settled has been read."""
    more: bool
    """Whether there may be another page at once."""
    settled: bool
    """As of events.Page."""


class Pages:
    """What the streams of this process read."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        # One for each thing that is asked for, as long as somebody waits for it.
        self._reads: WeakValueDictionary[Wanted, GroupRead[Wanted, Page]] = WeakValueDictionary()

    async def of_account(self, account: str, position: Position) -> Page:
        """Streams that have seen all are at the same position, and woken at once: they share a statement."""
        wanted = account, position
        read = self._reads.get(wanted)
        if read is None:
            read = self._reads[wanted] = GroupRead(self._database, _of_account)
        return await read(wanted)

    async def of_order(self, account: str, position: Position, order_id: UUID) -> Page:
        """With all of them, its position is one to go on from among its account's: nothing of the order lies
        before it, as it was settled before these were read."""
        async with self._database.read() as tx:
            end = await events.end(tx)
            page = _page(position, await events.after(tx, account, position, _MOST, order_id))
        complete = page.settled and not page.more
        return page._replace(upto=max(page.upto, end)) if complete else page


async def _of_account(wanted: Sequence[Wanted], tx: AsyncTx) -> list[Page]:
    """They are all alike."""
    account, position = wanted[0]
    return [_page(position, await events.after(tx, account, position, _MOST))] * len(wanted)


def _page(behind: Position, found: events.Page) -> Page:
    upto = found.events[-1].position if found.events else behind
    more = found.settled and len(found.events) == _MOST
    return Page(list(map(_told, found.events)), upto, more, found.settled)


def _told(event: Event) -> Told:
    text = f"id: {event.position}\nevent: {event.type}\ndata: {telling.document(event)}\n\n"
    return Told(event.order_id, event.type, text)
