"""Placing what is no order: each fault is named, and nothing is stored."""

import json
from typing import Any

import pytest
from api import stored
from documents import MISSING, changed, order
from hypothesis import given
from hypothesis import strategies as st

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
    ("/customer/country", "gb"),
    ("/customer/country", "GBR"),
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
    ("/lines/0/quantity", 1.0000001),
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
