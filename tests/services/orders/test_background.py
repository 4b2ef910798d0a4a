"""Work beside other work."""

import asyncio

import pytest

from orders import background
from orders.background import running


def test_it_ends_with_what_it_is_beside() -> None:
    said = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            said.append("over")

    async def beside() -> None:
        async with running(work()):
            await asyncio.sleep(0)
        said.append("outside")

    asyncio.run(beside())
    assert said == ["over", "outside"]


def test_it_ends_also_where_its_interruption_is_taken_for_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_AGAIN", 0.01)
    survived = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            survived.append("one")
        await asyncio.sleep(3600)

    async def beside() -> None:
        async with running(work()):
            await asyncio.sleep(0)

    asyncio.run(beside())
    assert survived == ["one"]


def test_its_own_error_is_told_in_the_end() -> None:
    async def work() -> None:
        raise ValueError("why")

    async def beside() -> None:
        async with running(work()):
            await asyncio.sleep(0)

    with pytest.raises(ValueError, match="why"):
        asyncio.run(beside())
