"""Lists of orders: in both directions, by what they have, and nothing shifts when orders come meanwhile."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from api import Api
from documents import order
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def place(api: Api, number: int = 1, **changes: Any) -> list[str]:
    """Ids, the newest first."""
    ids = [api.place(order(**changes)).json["id"] for _ in range(number)]
    return sorted(ids, reverse=True)  # two of the same millisecond have no other order


def ids(page: Any) -> list[str]:
    return [found["id"] for found in page["orders"]]


def listed(api: Api, query: str = "") -> list[str]:
    answer = api.get(f"/v1/orders{query}")
    assert answer.status == 200, answer.text
    return ids(answer.json)


def walk(api: Api, path: str | None, way: str) -> list[list[str]]:
    """The ids of each page, from that one on."""
    pages = []
    while path:
        page = api.get(path).json
        pages.append(ids(page))
        path = page[way]
    return pages


def test_an_empty_list(api: Api, tx: Any) -> None:
    assert api.get("/v1/orders").json == {"orders": [], "newer": None, "older": None}


def test_orders_are_listed_as_they_are_read(api: Api, tx: Any) -> None:
    path = api.place(order(metadata={"shop": "7"})).headers["Location"]
    api.post(f"{path}/pay")
    assert api.get("/v1/orders").json["orders"] == [api.get(path).json]


def test_pages_in_both_directions(api: Api, tx: Any) -> None:
    placed = place(api, 10)
    pages = walk(api, "/v1/orders?limit=4", "older")
    assert pages == [placed[:4], placed[4:8], placed[8:]]
    last = api.get(f"/v1/orders?limit=4&after={placed[7]}").json
    assert walk(api, last["newer"], "newer") == [placed[4:8], placed[:4]]


def test_what_comes_meanwhile_shifts_nothing(api: Api, tx: Any) -> None:
    placed = place(api, 6)
    first = api.get("/v1/orders?limit=3").json
    newer = place(api, 5)
    second = api.get(first["older"]).json
    assert ids(second) == placed[3:]
    assert ids(api.get(second["newer"]).json) == placed[:3]
    assert walk(api, f"/v1/orders?limit=3&before={placed[0]}", "newer") == [newer[2:], newer[:2]]


def test_a_page_that_just_fits_is_the_last(api: Api, tx: Any) -> None:
    placed = place(api, 4)
    page = api.get("/v1/orders?limit=4").json
    assert (ids(page), page["older"], page["newer"]) == (placed, None, None)


def test_links_keep_what_was_asked_for(api: Api, tx: Any) -> None:
    query = "?limit=1&status=placed&status=paid&metadata[shop]=K%26K"
    place(api, 2, metadata={"shop": "K&K"})
    place(api, 2)
    assert len(walk(api, f"/v1/orders{query}", "older")) == 2


@pytest.fixture
def some(api: Api, tx: Any) -> dict[str, str]:
    """Orders by what is special about them."""
    ada, bob = order()["customer"], {"email": "bob@example.com", "name": "Bob"}
    found = {
        "plain": place(api)[0],
        "paid": place(api)[0],
        "bob": place(api, customer=bob)[0],
        "shop": place(api, metadata={"shop": "7", "till": "1"})[0],
        "till": place(api, metadata={"shop": "7", "till": "2"}, customer=ada)[0],
    }
    api.post(f"/v1/orders/{found['paid']}/pay")
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?status=paid", {"paid"}),
        ("?status=placed", {"plain", "bob", "shop", "till"}),
        ("?status=paid&status=placed", {"plain", "paid", "bob", "shop", "till"}),
        ("?status=refunded", set()),
        ("?customer=bob@example.com", {"bob"}),
        ("?customer=bob@EXAMPLE.com", {"bob"}),
        ("?customer=nobody@example.com", set()),
        ("?metadata[shop]=7", {"shop", "till"}),
        ("?metadata[shop]=7&metadata[till]=2", {"till"}),
        ("?metadata[shop]=8", set()),
        ("?metadata[shop]=7&customer=bob@example.com", set()),
        ("?status=placed&metadata[till]=1&customer=ada@example.com", {"shop"}),
        ("?placed_since=2000-01-01T00:00:00Z", {"plain", "paid", "bob", "shop", "till"}),
        ("?placed_until=2000-01-01T00:00:00Z", set()),
        ("?placed_until=9999-01-01T00:00:00Z", {"plain", "paid", "bob", "shop", "till"}),
        ("?placed_since=1960-01-01T00:00:00Z&metadata[till]=2", {"till"}),
    ],
)
def test_filters(api: Api, some: dict[str, str], query: str, names: set[str]) -> None:
    assert listed(api, query) == sorted((some[name] for name in names), reverse=True)
    walked = [id for page in walk(api, f"/v1/orders{query}&limit=1", "older") for id in page]
    assert walked == sorted((some[name] for name in names), reverse=True)


def test_times_are_exact(api: Api, tx: Any) -> None:
    placed = api.place(order()).json
    at = datetime.fromisoformat(placed["placed_at"])
    for since, found in [(at, 1), (at + timedelta(microseconds=1), 0), (at - timedelta(microseconds=1), 1)]:
        assert len(listed(api, f"?placed_since={quote(since.isoformat())}")) == found
        assert len(listed(api, f"?placed_until={quote(since.isoformat())}")) == 1 - found


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?limit=0", "/limit"),
        ("?limit=101", "/limit"),
        ("?limit=ten", "/limit"),
        ("?limit=1&limit=2", "/limit"),
        ("?status=lost", "/status/0"),
        ("?after=17", "/after"),
        ("?after=%00", "/after"),
        ("?placed_since=yesterday", "/placed_since"),
        ("?placed_since=2026-01-01T00:00:00", "/placed_since"),
        ("?placed_since=2026-01-01T00:00Z", "/placed_since"),
        ("?placed_until=1767225600", "/placed_until"),
        ("?placed_until=0.5", "/placed_until"),
        ("?customer=%00", "/customer"),
        ("?customer=", "/customer"),
        ("?metadata[a%20b]=1", "/metadata/a b"),
        ("?metadata[shop]=%00", "/metadata/shop"),
        ("?metadata[shop]=1&metadata[shop]=2", "/metadata/shop"),
        ("?metadata[shop=1", "/metadata[shop"),
        ("?metadata=1", "/metadata"),
        ("?colour=red", "/colour"),
        ("?id=1%27%20OR%201=1", "/id"),
        ("?after=01a1fc71-e321-7623-bb04-a8b00a0bc42c&before=01a1fc71-e321-7623-bb04-a8b00a0bc42c", ""),
    ],
)
def test_what_cannot_be_looked_for(api: Api, query: str, pointer: str) -> None:
    problem = api.get(f"/v1/orders{query}").problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_no_more_metadata_than_agreed(api: Api, tx: Any) -> None:
    many = {f"name-{n}": "x" for n in range(21)}
    api.place(order(metadata=many)).problem(422)
    api.place(order(metadata={"x": "y" * 501})).problem(422)
    api.place(order(metadata={"a b": "y"})).problem(422)
    api.place(order(metadata={"a": 1})).problem(422)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4))
def test_no_query_is_our_fault(api: Api, query: dict[str, str]) -> None:
    asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
    assert api.get(f"/v1/orders?{asked}").status in (200, 422)
