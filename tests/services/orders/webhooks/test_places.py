"""Webhooks: nobody's slowness is felt by anybody else."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from threading import Event
from typing import Any

import pytest
from api import Api, delivering, new_key
from documents import order
from hooked import Register, settled, states
from programs import eventually
from receiver import Receiver

from mesh import AsyncDatabase
from orders.delivering import sender
from orders.delivering.deliverer import MOST
from orders.store import deliveries as store


def test_a_slow_endpoint_holds_up_nobody_else(api: Api, register: Register, receiver: Receiver) -> None:
    """Forty events wait for one that does not answer; another one's come through."""
    answering = Event()
    with Receiver() as silent, delivering(api):
        silent.answer = lambda _: (200 if answering.wait() else 0, {})
        slow = register(url=silent.url)
        register()
        for _ in range(40):
            api.place(order())
        eventually(lambda: len(receiver.received) == 40, "all have come to the other one")
        assert len(silent.received) < 40
        answering.set()
        eventually(lambda: len(silent.received) == 40, "and to this one, once it answers")
        settled(api, slow)


def test_a_slow_account_leaves_room_for_others(
    api: Api, register: Register, receiver: Receiver, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty endpoints of one account do not answer, and more waits for them than there are places."""
    monkeypatch.setattr(sender, "WITHIN", 600.0)
    theirs = {"Authorization": f"Bearer {new_key(api.url, 'others')}"}
    answering = Event()
    with Receiver() as silent, delivering(api), ExitStack() as stack:
        stack.callback(answering.set)
        silent.answer = lambda _: (200 if answering.wait() else 0, {})
        for _ in range(20):
            register(url=silent.url)
        for _ in range(12):
            api.place(order())
        eventually(lambda: on_their_way(tx) == MOST // 2, "it has the half")
        assert api.post("/v1/webhooks", {"url": receiver.url}, **theirs).status == 201
        for _ in range(12):
            api.place(order(), **theirs)
        eventually(lambda: len(receiver.received) == 12, "the other's have all come")
        assert states(tx)["pending"] >= 240
        answering.set()
        eventually(lambda: states(tx) == {"succeeded": 252}, "and its own, once it answers")


def on_their_way(tx: Any) -> int:
    count = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND due_at > now()"
    return int(tx.execute(count).fetchone()[0])


def test_places_are_shared_by_those_who_want_them(tx: Any, url: str) -> None:
    """As many are free as each of them has; who has some already gets the fewer."""
    tx.execute("""
        INSERT INTO endpoints (id, account, url, types, secret, created_at, xid, seq)
        SELECT gen_random_uuid(), account, 'http://127.0.0.1/', '{}', 'whsec_', now(), '1', 1
        FROM unnest(ARRAY['a', 'b', 'c']) AS account, generate_series(1, 20);
    """)
    due = """
        TRUNCATE deliveries, attempts; INSERT INTO deliveries (id, endpoint_id, event_id, type, body)
        SELECT gen_random_uuid(), id, 'event', 'order.placed', '{}' FROM endpoints, generate_series(1, 10)
    """
    for room, taken, given in [
        (200, {}, {"a": 50, "b": 50, "c": 50}),
        (100, {"a": 100}, {"b": 33, "c": 33}),
        (170, {"a": 30}, {"a": 20, "b": 50, "c": 50}),
        (3, {"a": 1, "b": 1}, {"c": 1}),
        (1, {}, {}),
    ]:
        tx.execute(due)
        assert asyncio.run(claimed(url, room, taken)) == given


async def claimed(url: str, room: int, taken: dict[str, int]) -> Counter[str]:
    """How many each account got."""
    database = AsyncDatabase(url, "tests", 1)
    await database.open()
    async with database.begin() as tx:
        found = [each.endpoint_id for each in await store.claim(tx, 10, room, [], taken)]
        whose = "SELECT account FROM unnest(%s::uuid[]) AS id JOIN endpoints USING (id)"
        rows = await tx.execute(whose, (found,))
        accounts = Counter(account for (account,) in await rows.fetchall())
    await database.close()
    return accounts
