"""Whoever planned its statements when there were few orders still reads little when there are many."""

import asyncio
from typing import Any
from uuid import uuid4

from api import new_key
from documents import order

from mesh import AsyncDatabase, AsyncTx
from orders.domain import Status
from orders.store import keys, listing, orders, timeline

QUERIES = (
    listing.Query("tests", 20),
    listing.Query("tests", 20, after=uuid4()),
    listing.Query("tests", 20, before=uuid4()),
    listing.Query("tests", 20, statuses=(Status.PLACED,)),
    listing.Query("tests", 20, statuses=(Status.PLACED, Status.PAID)),
    listing.Query("tests", 20, email="ada@example.com"),
    listing.Query("tests", 20, metadata={"cart": "17"}),
    listing.Query("tests", 20, email="ada@example.com", metadata={"cart": "17", "source": "web"}),
)


async def read(tx: AsyncTx) -> None:
    """All that is read of orders, often enough for a plan to be kept."""
    for _ in range(8):
        await keys.find_all(["none"], tx)
        await orders.find(tx, "tests", uuid4())
        await orders.find_all([("tests", uuid4())] * 3, tx)
        await orders.lock(tx, "tests", uuid4())
        await timeline.of(tx, "tests", uuid4())
        for query in QUERIES:
            await listing.page(tx, query)


async def plans(tx: AsyncTx) -> dict[str, str]:
    """Those that are kept, by statement."""
    kept = await tx.execute(
        "SELECT statement, name, cardinality(parameter_types) FROM pg_prepared_statements"
    )
    found = {}
    for statement, name, count in await kept.fetchall():
        values = f"({', '.join(['NULL'] * count)})" if count else ""
        rows = await (await tx.execute(f'EXPLAIN EXECUTE "{name}"{values}', prepare=False)).fetchall()
        found[statement] = "\n".join(row[0] for row in rows)
    return found


def test_no_plan_reads_a_whole_table_however_small_it_was(api: Any, tx: Any, url: str) -> None:
    async def run() -> dict[str, str]:
        database = AsyncDatabase(url, "tests", 1)
        await database.open()
        async with database.read() as connection:
            await read(connection)
            found = await plans(connection)
        await database.close()
        return found

    api.place({**order(), "metadata": {"cart": "17"}})
    new_key(url)
    tx.execute("ANALYZE")
    found = asyncio.run(run())
    assert len(found) >= len(QUERIES) + 5
    assert [statement for statement, plan in found.items() if "Seq Scan" in plan] == []
