"""Group commit: what gathers shares a transaction, and nobody pays for a neighbour's fault. So do reads."""

import asyncio
from collections.abc import Sequence

from mesh import AsyncDatabase, AsyncTx
from mesh.groupcommit import GroupCommit, GroupRead


async def write(items: Sequence[str], tx: AsyncTx) -> list[str]:
    for item in items:
        await tx.execute("INSERT INTO ledger (what, detail) VALUES (pg_current_xact_id()::text, %s)", (item,))
    return [f"wrote {item}" for item in items]


async def committed(url: str, items: Sequence[str]) -> tuple[list[object], list[tuple[str, str]]]:
    """What each caller got, and the ledger's lines: transaction and item."""
    database = AsyncDatabase(url, "tests", 4)
    await database.open()
    commit = GroupCommit(database, write)
    results = await asyncio.gather(*(commit(item) for item in items), return_exceptions=True)
    async with database.begin() as tx:
        rows = await (await tx.execute("SELECT what, detail FROM ledger ORDER BY id")).fetchall()
    await database.close()
    return list(results), rows


def test_many_at_once_share_few_transactions(url: str) -> None:
    items = [str(n) for n in range(100)]
    results, rows = asyncio.run(committed(url, items))
    assert results == [f"wrote {item}" for item in items]
    assert sorted(detail for _, detail in rows) == sorted(items)
    assert len({what for what, _ in rows}) <= 4


def test_who_comes_just_as_a_writer_ends_is_not_forgotten(url: str) -> None:
    async def run() -> None:
        database = AsyncDatabase(url, "tests", 4)
        await database.open()
        commit = GroupCommit(database, write)
        async with asyncio.timeout(10):
            for number in range(20):
                await commit(str(number))  # in the very step in which the one before was committed
        await database.close()

    asyncio.run(run())


def test_one_at_fault_does_not_take_its_neighbours_along(url: str) -> None:
    items = ["a", "b", "\0", "d"]
    results, rows = asyncio.run(committed(url, items))
    assert [isinstance(result, str) for result in results] == [True, True, False, True]
    assert sorted(detail for _, detail in rows) == ["a", "b", "d"]


def test_a_caller_that_goes_away_does_not_stop_the_others(url: str) -> None:
    async def run() -> None:
        database = AsyncDatabase(url, "tests", 4)
        await database.open()
        commit = GroupCommit(database, write)
        waiting = [asyncio.create_task(commit(str(n))) for n in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert (results[0], results[2]) == ("wrote 0", "wrote 2")
        await database.close()

    asyncio.run(run())


def test_reads_at_once_share_a_statement_and_see_what_was_committed_before_them(url: str) -> None:
    async def run() -> None:
        database = AsyncDatabase(url, "tests", 4)
        await database.open()
        statements = []

        async def find(items: Sequence[str], tx: AsyncTx) -> list[int]:
            statements.append(items)
            rows = await (await tx.execute("SELECT detail, count(*) FROM ledger GROUP BY detail")).fetchall()
            return [dict(rows).get(item, 0) for item in items]

        commit, read = GroupCommit(database, write), GroupRead(database, find)
        before = asyncio.create_task(read("a"))
        await asyncio.sleep(0)  # it is under way when the others come
        await commit("a")
        assert await asyncio.gather(read("a"), read("b"), read("a")) == [1, 0, 1]
        assert await before in (0, 1)
        assert statements == [["a"], ["a", "b", "a"]]
        await database.close()

    asyncio.run(run())
