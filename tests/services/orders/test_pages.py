"""Streams that ask for the same at one moment read it together, and none of them sees less than by itself."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from api import Api
from documents import order
from streams import following, settled

from orders.api.pages import Page
from orders.api.state import DATABASE, PAGES
from orders.store import events
from orders.store.events import START, Event

T = TypeVar("T")


def test_streams_of_an_account_share_what_they_read(
    api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty follow all orders, thirty one of their own each: an event is one read for all of them."""
    paths = [api.place(order()).headers["Location"] for _ in range(30)]
    settled(tx)
    with ExitStack() as stack:
        everything = [stack.enter_context(following(api, "/v1/events")) for _ in paths]
        one_each = [stack.enter_context(following(api, f"{path}/events")) for path in paths]
        assert [len(stream.next(1)) for stream in one_each] == [1] * 30
        api.post(f"{paths[0]}/pay")  # until now each was where it had begun
        assert {stream.next(1)[0].type for stream in everything} == {"order.paid"}
        reads = counted(events, "after", monkeypatch)
        for path in paths:
            api.post(f"{path}/notes", {"text": "Hello"})
        seen = [[told.id for told in stream.next(30)] for stream in everything]
        one_each[0].next(1)  # that it was paid
        noted = [stream.next(1)[0].document["data"]["order_id"] for stream in one_each]
    assert seen == [seen[0]] * 30
    assert noted == [path.rpartition("/")[2] for path in paths]
    assert len(reads) < 4 * 30  # by each alone: 1800


def test_what_is_asked_while_it_is_read_is_read_again(
    api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who shares a read sees all that was committed before he asked."""
    pages = api.application[PAGES]
    begun, going_on = api.run(made(asyncio.Event)), api.run(made(asyncio.Event))
    after, reads = events.after, []

    async def slow(*asked: Any) -> events.Page:
        page = await after(*asked)
        reads.append(page)
        if len(reads) == 1:
            begun.set()
            await going_on.wait()
        return page

    monkeypatch.setattr(events, "after", slow)

    async def ask() -> list[Page]:
        early = asyncio.create_task(pages.of_account("tests", START))
        await begun.wait()
        async with api.application[DATABASE].begin() as other:
            await events.add(other, Event("tests", None, "order.noted", datetime.now(UTC), {}))
        late = [asyncio.create_task(pages.of_account("tests", START)) for _ in range(5)]
        await asyncio.sleep(0)
        going_on.set()
        return await asyncio.gather(early, *late)

    early, *late = api.run(ask())
    assert (early.events, len(reads)) == ([], 2)
    assert all(page.events or not page.settled for page in late)


async def made(thing: Callable[[], T]) -> T:
    """In the loop that it belongs to."""
    return thing()


def counted(where: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Grows by one each time it is called."""
    called, calls = getattr(where, name), []
    monkeypatch.setattr(where, name, lambda *asked: calls.append(asked) or called(*asked))
    return calls
