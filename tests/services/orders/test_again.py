"""Idempotency-Key: a client that got no answer asks again, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from api import Answer, Api, new_key, served
from documents import order

from contracts.orders import OrderPlaced, OrderRefunded
from mesh.testing import sent

KEY = {"Idempotency-Key": "order-17"}


def orders(tx: Any) -> int:
    [(found,)] = tx.execute("SELECT count(*) FROM orders").fetchall()
    return int(found)


def same(one: Answer, other: Answer) -> bool:
    headers = ("Location", "ETag", "Content-Type")
    return (one.status, one.text, *(one.headers[h] for h in headers)) == (
        other.status,
        other.text,
        *(other.headers[h] for h in headers),
    )


def test_the_same_order_is_placed_once(api: Api, tx: Any) -> None:
    first, again = api.place(order(), **KEY), api.place(order(), **KEY)
    assert first.status == 201
    assert same(first, again)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (orders(tx), len(sent(tx, OrderPlaced))) == (1, 1)


def test_the_same_document_may_be_written_in_another_way(api: Api, tx: Any) -> None:
    again = {name: order()[name] for name in ("lines", "currency", "customer")}
    assert same(api.place(order(), **KEY), api.place(again, **KEY))


def test_another_document_is_refused(api: Api, tx: Any) -> None:
    api.place(order(), **KEY)
    api.place(order(currency="USD"), **KEY).problem(422)
    api.post("/v1/orders/01a1fc71-e321-7623-bb04-a8b00a0bc42c/pay", **KEY).problem(422)
    assert orders(tx) == 1


def test_another_key_is_another_order(api: Api, tx: Any) -> None:
    one, other, third = (
        api.place(order(), **KEY),
        api.place(order(), **{"Idempotency-Key": "b"}),
        api.place(order()),
    )
    assert len({answer.json["id"] for answer in (one, other, third)}) == 3


def test_keys_of_others_are_others(api: Api, tx: Any, url: str) -> None:
    theirs = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    assert api.place(order(), **KEY).json["id"] != api.place(order(), **KEY, **theirs).json["id"]


def test_the_same_at_the_same_time_is_placed_once(api: Api, tx: Any, url: str) -> None:
    """Over two processes, and within the transaction that those of one share."""
    with served(url) as second, ThreadPoolExecutor(16) as pool:
        apis = [api, second] * 20
        for number in range(5):
            key = {"Idempotency-Key": f"key-{number}"}
            answers = list(pool.map(lambda one, key=key: one.place(order(), **key), apis))
            assert {answer.status for answer in answers} <= {201, 409}
            assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
    assert orders(tx) == 5


def test_others_at_the_same_time_are_not_held_up(api: Api, tx: Any) -> None:
    """Of many at once, under two keys each for two documents: one document of each key is placed."""
    documents = [(f"k{n % 4}", order(currency="EUR" if n % 8 < 4 else "USD")) for n in range(32)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda d: api.place(d[1], **{"Idempotency-Key": d[0]}), documents))
    assert {answer.status for answer in answers} == {201, 422}
    assert orders(tx) == 4


def test_what_is_still_in_work_is_not_begun_again(api: Api, tx: Any) -> None:
    with tx.transaction():
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('tests order-17', 0))")
        assert api.place(order(), **KEY).problem(409)["type"] == "/problems/in-work"
    assert api.place(order(), **KEY).status == 201


def test_after_a_day_the_key_is_free_again(api: Api, tx: Any) -> None:
    first = api.place(order(), **KEY)
    tx.execute("UPDATE answers SET at = now() - interval '25 hours'")
    second = api.place(order(), **KEY)
    assert second.json["id"] != first.json["id"]
    assert same(second, api.place(order(), **KEY))


def test_money_is_refunded_once(api: Api, tx: Any) -> None:
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/pay")
    answers = [api.post(f"{path}/refunds", {"amount": 100}, **KEY) for _ in range(3)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert api.get(path).json["refunded"] == 100
    assert len(sent(tx, OrderRefunded)) == 1


def test_what_was_refused_may_be_tried_again(api: Api, tx: Any) -> None:
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/ship", **KEY).problem(409)
    api.post(f"{path}/pay")
    assert api.post(f"{path}/ship", **KEY).status == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9", "a\tb"])
def test_keys_that_are_none(api: Api, tx: Any, key: str) -> None:
    api.place(order(), **{"Idempotency-Key": key}).problem(400)
    assert orders(tx) == 0
