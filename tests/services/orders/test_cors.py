"""Pages of other origins: which of them a browser lets use the API, and what it shows them."""

from collections.abc import Iterator
from typing import Any

import pytest
from api import Answer, Api, served
from documents import order

from mesh.errors import MissingSettings
from orders.settings import Settings

SHOP, TILL = {"Origin": "https://shop.example"}, {"Origin": "http://till.example:8000"}
OTHER = {"Origin": "https://shop.example.evil.example"}
ASKING = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture(scope="module")
def open_api(url: str) -> Iterator[Api]:
    with served(url, cors_origins="https://shop.example,http://till.example:8000") as api:
        yield api


def reader(answer: Answer) -> str | None:
    return answer.headers.get("Access-Control-Allow-Origin")


def names(answer: Answer, header: str) -> set[str]:
    return {name.strip().lower() for name in answer.headers[header].split(",")}


def test_a_browser_may_ask_before_it_sends(open_api: Api) -> None:
    for origin in (SHOP, TILL):
        answer = open_api.request("OPTIONS", "/v1/orders", headers=ASKING | origin | {"Authorization": None})
        assert (answer.status, answer.text) == (204, "")
        assert reader(answer) == origin["Origin"]
        assert names(answer, "Access-Control-Allow-Methods") == {"get", "head", "post"}
        assert names(answer, "Access-Control-Allow-Headers") >= {"authorization", "if-match", "content-type"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_answers_can_be_read_errors_too(open_api: Api, tx: Any) -> None:
    placed = open_api.place(order(), **SHOP)
    answers = {
        201: placed,
        200: open_api.get(placed.headers["Location"], **SHOP),
        401: open_api.get("/v1/orders", Authorization=None, **SHOP),
        404: open_api.get("/nowhere", **SHOP),
        405: open_api.request("DELETE", "/v1/orders", headers=SHOP),
        413: open_api.request("POST", "/v1/orders", data=b" " * 300_000, headers=SHOP),
        422: open_api.place({}, **SHOP),
    }
    for status, answer in answers.items():
        assert (answer.status, reader(answer)) == (status, "https://shop.example")
        assert {"etag", "location", "ratelimit", "retry-after"} < names(
            answer, "Access-Control-Expose-Headers"
        )
        assert answer.headers["Vary"] == "Origin"


def test_others_are_told_nothing(open_api: Api, tx: Any) -> None:
    """Not even that somebody else may: and caches keep the answers of both apart."""
    for origin in (OTHER, {"Origin": "null"}, {"Origin": "HTTPS://SHOP.EXAMPLE/"}, {}):
        answer = open_api.get("/v1/orders", **origin)
        assert (answer.status, reader(answer), answer.headers["Vary"]) == (200, None, "Origin")
        asked = open_api.request("OPTIONS", "/v1/orders", headers=ASKING | origin)
        asked.problem(405)
        assert reader(asked) is None


def test_what_is_not_there_cannot_be_asked_for(open_api: Api) -> None:
    open_api.request("OPTIONS", "/nowhere", headers=ASKING | SHOP).problem(404)


def test_options_alone_is_a_method_that_is_not_there(open_api: Api) -> None:
    answer = open_api.request("OPTIONS", "/v1/orders", headers=SHOP)
    answer.problem(405)
    assert reader(answer) == "https://shop.example"


def test_all_may_be_let_in(url: str, tx: Any) -> None:
    with served(url, cors_origins="*") as api:
        answer = api.get("/v1/orders", **OTHER)
        assert (reader(answer), "Vary" in answer.headers) == ("*", False)
        assert reader(api.request("OPTIONS", "/v1/orders", headers=ASKING | OTHER)) == "*"
        assert reader(api.get("/v1/orders")) is None


def test_by_default_nobody_is(api: Api, tx: Any) -> None:
    answer = api.get("/v1/orders", **SHOP)
    assert (reader(answer), "Vary" in answer.headers) == (None, False)
    api.request("OPTIONS", "/v1/orders", headers=ASKING | SHOP).problem(405)


@pytest.mark.parametrize(
    "given", ["shop.example", "https://shop.example/", "null", "https://*.example", "*,x"]
)
def test_what_is_no_origin(given: str) -> None:
    with pytest.raises(MissingSettings, match="CORS_ORIGINS: "):
        Settings.load({"DATABASE_URL": "x://x", "BROKER_URL": "x://x", "CORS_ORIGINS": given})
