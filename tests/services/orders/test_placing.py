"""Placing an order: it and its announcement, or a problem and nothing."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from api import stored
from documents import MISSING, changed, order

from contracts import Envelope
from contracts.orders import OrderPlaced
from mesh.testing import sent
from orders.documents import Order, OrderPage

_ANNOUNCED = "SELECT envelope FROM outbox WHERE name = 'orders.order_placed'"


def test_an_order_is_placed(api: Any, tx: Any) -> None:
    answer = api.place(order())
    assert answer.status == 201
    placed = answer.json
    assert answer.headers["Location"] == f"/v1/orders/{placed['id']}"
    assert placed.pop("placed_at").endswith("Z")
    assert UUID(placed.pop("id")).version == 7
    expires = datetime.fromisoformat(placed.pop("expires_at"))
    assert expires > datetime.now(UTC)
    assert placed == {
        **order(),
        "status": "placed",
        "version": 1,
        "changed_at": None,
        "total": 900,
        "refunded": 0,
        "metadata": {},
        "receipt_sent_at": None,
    }
    shown = api.get(answer.headers["Location"])
    assert (shown.status, shown.json) == (200, answer.json)


def test_an_order_is_shown_as_it_is_described(api: Any, tx: Any) -> None:
    """Every field that its document has, and no other."""
    placed = api.place(order())
    for answer in (placed, api.get(placed.headers["Location"])):
        Order.model_validate_json(answer.text)
    OrderPage.model_validate_json(api.get("/v1/orders").text)


def test_the_order_and_its_announcement_are_the_same(api: Any, tx: Any) -> None:
    answer = api.place(order())
    [announced] = sent(tx, OrderPlaced)
    document = announced.model_dump(mode="json")
    assert (document.pop("order_id"), document.pop("account")) == (answer.json["id"], "tests")
    assert {**answer.json, **document} == answer.json


def test_the_order_and_its_announcement_commit_together(api: Any, tx: Any) -> None:
    """Whoever refuses the announcement has refused the order."""
    tx.execute("ALTER TABLE outbox ADD CONSTRAINT refused CHECK (name <> 'orders.order_placed')")
    try:
        api.place(order()).problem(500)
        assert stored(tx) == 0
    finally:
        tx.execute("ALTER TABLE outbox DROP CONSTRAINT refused")
    assert api.place(order()).status == 201
    assert stored(tx) == 2


def test_the_clients_request_id_names_the_story(api: Any, tx: Any) -> None:
    story = str(uuid4())
    answer = api.place(order(), **{"X-Request-Id": story})
    assert answer.headers["X-Request-Id"] == story
    [[document]] = tx.execute(_ANNOUNCED).fetchall()
    assert str(Envelope.read(document).correlation_id) == story


def named(name: str) -> dict[str, Any]:
    return dict(changed(order(), "/customer/name", name))


def test_orders_at_once_are_each_told_their_own(api: Any, tx: Any) -> None:
    names = [f"Customer {n}" for n in range(60)]
    answers = api.place_at_once(*map(named, names))
    assert [(a.status, a.json["customer"]["name"]) for a in answers] == [(201, name) for name in names]
    told = {a.json["id"]: a.headers["X-Request-Id"] for a in answers}
    found = [Envelope.read(row[0]) for row in tx.execute(_ANNOUNCED)]
    assert {e.data["order_id"]: str(e.correlation_id) for e in found} == told
    assert stored(tx) == 120


def test_a_refused_order_leaves_those_at_the_same_time(api: Any, tx: Any) -> None:
    tx.execute("ALTER TABLE orders ADD CONSTRAINT refused CHECK (name <> 'refused')")
    try:
        names = ["refused" if n % 10 == 3 else "Ada" for n in range(40)]
        answers = api.place_at_once(*map(named, names))
    finally:
        tx.execute("ALTER TABLE orders DROP CONSTRAINT refused")
    assert [a.status for a in answers] == [500 if name == "refused" else 201 for name in names]
    assert stored(tx) == 2 * 36


@pytest.mark.parametrize("id", ["", "17", "x" * 5000, "DROP TABLE orders"])
def test_a_request_id_that_is_none_is_replaced(api: Any, tx: Any, id: str) -> None:
    answer = api.place(order(), **{"X-Request-Id": id})
    [[document]] = tx.execute(_ANNOUNCED).fetchall()
    assert answer.headers["X-Request-Id"] == str(Envelope.read(document).correlation_id)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/customer/email", "Ada+tea@bücher.example"),
        ("/customer/email", "üñ@example.com"),
        ("/customer/name", 'O\'Brien, "Bob" <b>; Łódź 🫖'),
        ("/customer/name", "x" * 200),
        ("/customer/locale", "zh-Hant-TW"),
        ("/customer/country", None),
        ("/currency", "JPY"),
        ("/lines/0/unit_price", 0),
        ("/lines/0/quantity", 10_000),
        ("/lines/0/unit_price", 10**12),
        ("/lines", [{"sku": "s", "name": "n", "quantity": 10_000, "unit_price": 10**12}] * 100),
    ],
)
def test_unusual_and_fine(api: Any, tx: Any, pointer: str, value: Any) -> None:
    document = changed(order(), pointer, value)
    answer = api.place(document)
    assert answer.status == 201, answer.text[:300]
    assert {**answer.json, **document} == answer.json
    assert api.get(answer.headers["Location"]).json == answer.json
    assert len(sent(tx, OrderPlaced)) == 1


def test_a_locale_may_be_left_out(api: Any, tx: Any) -> None:
    assert api.place(changed(order(), "/customer/locale", MISSING)).json["customer"]["locale"] == "en"


def test_space_around_texts_is_not_theirs(api: Any, tx: Any) -> None:
    assert api.place(changed(order(), "/customer/name", "  Ada \n")).json["customer"]["name"] == "Ada"
