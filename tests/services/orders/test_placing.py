"""Placing an order: it and its announcement, or a problem and nothing."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from documents import MISSING, changed, order
from hypothesis import given
from hypothesis import strategies as st

from contracts import Envelope
from contracts.orders import OrderPlaced
from mesh.testing import sent

_ANNOUNCED = "SELECT envelope FROM outbox WHERE name = 'orders.order_placed'"


def stored(tx: Any) -> int:
    """Orders and their announcements."""
    [[orders, messages]] = tx.execute("""
        SELECT (SELECT count(*) FROM orders),
               (SELECT count(*) FROM outbox WHERE name = 'orders.order_placed')
    """).fetchall()
    return int(orders + messages)


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


def test_the_order_and_its_announcement_are_the_same(api: Any, tx: Any) -> None:
    answer = api.place(order())
    [announced] = sent(tx, OrderPlaced)
    document = announced.model_dump(mode="json")
    assert document.pop("order_id") == answer.json["id"]
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


NOBODYS = "01a1fc71-e321-7623-bb04-a8b00a0bc42c"

BAD = [
    ("", []),
    ("", "text"),
    ("", None),
    ("/customer", MISSING),
    ("/customer", None),
    ("/customer", "Ada"),
    ("/customer/email", MISSING),
    ("/customer/email", "ada"),
    ("/customer/email", "ada@localhost"),
    ("/customer/email", "ada@example.com\nBcc: eve@example.com"),
    ("/customer/email", "ada\x00@example.com"),
    ("/customer/email", 1),
    ("/customer/name", MISSING),
    ("/customer/name", ""),
    ("/customer/name", "   "),
    ("/customer/name", "x" * 201),
    ("/customer/name", "Ada\x00"),
    ("/customer/name", "Ada\r\nBcc: eve@example.com"),
    ("/customer/name", "Ada\x1b[31m"),
    ("/customer/locale", None),
    ("/customer/locale", ""),
    ("/customer/locale", "english please"),
    ("/customer/locale", "en\n"),
    ("/customer/locale", "en" + "-abcdefgh" * 10),
    ("/customer/vip", True),
    ("/currency", MISSING),
    ("/currency", "eur"),
    ("/currency", "EURO"),
    ("/currency", "EUR\n"),
    ("/currency", "€€€"),
    ("/lines", MISSING),
    ("/lines", []),
    ("/lines", {}),
    ("/lines", order()["lines"] * 101),
    ("/lines/0", None),
    ("/lines/0/sku", MISSING),
    ("/lines/0/sku", "\x00"),
    ("/lines/0/name", "Tea\x00"),
    ("/lines/0/quantity", MISSING),
    ("/lines/0/quantity", 0),
    ("/lines/0/quantity", -1),
    ("/lines/0/quantity", 10_001),
    ("/lines/0/quantity", 10**30),
    ("/lines/0/quantity", 1.5),
    ("/lines/0/quantity", 1.0),
    ("/lines/0/quantity", True),
    ("/lines/0/quantity", "1"),
    ("/lines/0/quantity", float("nan")),
    ("/lines/0/unit_price", -1),
    ("/lines/0/unit_price", 10**12 + 1),
    ("/lines/0/unit_price", 4.5),
    ("/lines/0/unit_price", False),
    ("/lines/0/discount", 1),
    ("/note", {"deep": {"deep": "deep"}}),
    ("/a~b", 1),
]


@pytest.mark.parametrize(
    ("pointer", "value"),
    BAD,
    ids=lambda value: "missing" if value is MISSING else ascii(value)[:40],
)
def test_what_does_not_fit_is_named_and_not_stored(api: Any, tx: Any, pointer: str, value: Any) -> None:
    errors = api.place(changed(order(), pointer, value)).problem(422)["errors"]
    assert [e["pointer"] for e in errors] == [pointer.replace("~", "~0")]
    assert all(e["detail"] for e in errors)
    assert stored(tx) == 0


def test_all_that_does_not_fit_is_named_at_once(api: Any, tx: Any) -> None:
    bad = {"customer": {"email": "x", "name": ""}, "lines": [{"sku": "a"}], "a/b": 1}
    errors = api.place(bad).problem(422)["errors"]
    assert [e["pointer"] for e in errors] == [
        "/customer/email",
        "/customer/name",
        "/currency",
        "/lines/0/name",
        "/lines/0/quantity",
        "/lines/0/unit_price",
        "/a~1b",
    ]


def test_a_problem_stays_small_however_much_is_wrong(api: Any, tx: Any) -> None:
    answer = api.place({f"field{n}": n for n in range(10_000)})
    assert len(answer.problem(422)["errors"]) == 100
    assert len(answer.text) < 20_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"order",
        b"\xff\xfe",
        b"\x00",
        b'{"customer": "\\ud800"}',  # half a character: no text can hold it
        b'{"currency": "\xed\xa0\x80"}',
        b'{"currency": ' + b"9" * 5000 + b"}",
        b'{"note": ' + b"[" * 1000 + b"]" * 1000 + b"}",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body)[:30],
)
def test_what_is_no_json(api: Any, tx: Any, body: bytes) -> None:
    api.request("POST", "/v1/orders", data=body).problem(400)
    assert stored(tx) == 0


def test_a_body_that_is_too_large(api: Any, tx: Any) -> None:
    api.request("POST", "/v1/orders", data=b" " * (256 * 1024 + 1)).problem(413)
    assert stored(tx) == 0


def test_an_order_that_is_too_large_for_a_message(api: Any, tx: Any) -> None:
    line = {"sku": "🫖" * 200, "name": "🫖" * 200, "quantity": 1, "unit_price": 1}
    small, large = order(lines=[line] * 30), order(lines=[line] * 100)
    answers = api.place_at_once(small, large, small)
    assert [a.status for a in answers] == [201, 413, 201]
    answers[1].problem(413)
    assert stored(tx) == 4


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/v1/orders", "GET,HEAD,POST"), ("POST", "/health/live", "GET,HEAD")],
)
def test_a_method_that_is_not_there(api: Any, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)
    answer.problem(405)
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/orders/", "/v1/orders/17", f"/v1/orders/{NOBODYS}", "/v1/%00"]
)
def test_what_is_not_there(api: Any, tx: Any, path: str) -> None:
    api.get(path).problem(404)


@pytest.mark.parametrize("id", ["17", "%00", NOBODYS])
def test_a_timeline_that_is_not_there(api: Any, tx: Any, id: str) -> None:
    api.get(f"/v1/orders/{id}/timeline").problem(404)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
POINTERS = st.sampled_from(sorted({pointer for pointer, _ in BAD}))


@given(pointer=POINTERS, value=JSON)
def test_no_document_is_our_fault(api: Any, pointer: str, value: Any) -> None:
    body = json.dumps(changed(order(), pointer, value))
    assert api.request("POST", "/v1/orders", data=body).status in {201, 400, 422}


@given(body=st.binary(max_size=200))
def test_no_bytes_are_our_fault(api: Any, body: bytes) -> None:
    assert api.request("POST", "/v1/orders", data=body).status in {400, 422}
