"""Reading orders: those of requests at the same time are read together, and nobody gets another's."""

import asyncio
from typing import Any

from api import Answer, new_key
from documents import order


def at_once(api: Any, *wanted: tuple[str, str]) -> list[Answer]:
    """Read orders, by path and key, none of which waits for another."""

    async def together() -> list[Answer]:
        requests = (api._request("GET", path, headers=bearer(key)) for path, key in wanted)
        return await asyncio.gather(*requests)

    return list(api.run(together()))


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_orders_read_at_once_are_each_their_own(api: Any, tx: Any) -> None:
    placed = api.place_at_once(*[order()] * 30)
    answers = at_once(api, *((each.headers["Location"], api.key) for each in placed * 2))
    assert [answer.json for answer in answers] == [each.json for each in placed * 2]


def test_of_two_who_ask_for_an_order_at_once_its_owner_gets_it(api: Any, tx: Any, url: str) -> None:
    path, other = api.place(order()).headers["Location"], new_key(url, "another-account")
    answers = at_once(api, *[(path, api.key), (path, other)] * 10)
    assert [answer.status for answer in answers] == [200, 404] * 10


def test_what_was_answered_is_seen_by_whoever_asks_after_that(api: Any, tx: Any) -> None:
    path = api.place(order()).headers["Location"]

    async def pay_while_others_read() -> tuple[Answer, list[Answer]]:
        before = [asyncio.create_task(api._request("GET", path)) for _ in range(20)]
        await api._request("POST", f"{path}/pay")
        after = await api._request("GET", path)
        return after, await asyncio.gather(*before)

    after, before = api.run(pay_while_others_read())
    assert after.json["status"] == "paid"
    assert {answer.json["status"] for answer in before} <= {"placed", "paid"}
