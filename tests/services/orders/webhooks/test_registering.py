"""Webhooks: what a client registers and sees, and nobody else does."""

from typing import Any

from api import Answer, Api, new_key
from hooked import Register, path

from orders.keys import Scope


def test_pages_of_deliveries(api: Api, register: Register, tx: Any) -> None:
    webhook = register()
    made = [api.post(path(webhook, "test")).json["id"] for _ in range(5)]
    found, at = [], path(webhook, "deliveries") + "?limit=2"
    while at:
        page = api.get(at).json
        found += [each["id"] for each in page["deliveries"]]
        at = page["older"]
    assert found == made[::-1]


def test_webhooks_of_others_are_not_there(api: Api, register: Register, url: str, tx: Any) -> None:
    webhook = register()
    [delivery] = [api.post(path(webhook, "test")).json["id"]]
    theirs = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    assert api.get("/v1/webhooks", **theirs).json == {"webhooks": []}
    for method, *parts in [
        ("GET",),
        ("PATCH",),
        ("DELETE",),
        ("POST", "secret"),
        ("POST", "test"),
        ("GET", "deliveries"),
        ("POST", "deliveries", delivery, "resend"),
    ]:
        body = {"data": b"{}"} if method == "PATCH" else {}
        api.request(method, path(webhook, *parts), headers=theirs, **body).problem(404)
    assert [each["id"] for each in api.get("/v1/webhooks").json["webhooks"]] == [webhook["id"]]


def test_a_key_needs_the_scope(api: Api, tx: Any, url: str) -> None:
    other = new_key(url, scopes=[Scope.READ, Scope.WRITE])
    problem = api.get("/v1/webhooks", Authorization=f"Bearer {other}").problem(403)
    assert problem["scope"] == "webhooks"


def test_twenty_are_enough(api: Api, register: Register) -> None:
    for _ in range(20):
        register()
    answer: Answer = api.post("/v1/webhooks", {"url": "http://127.0.0.1/21"})
    assert answer.problem(409)["type"] == "/problems/too-many-webhooks"


def test_asking_again_registers_once(api: Api, tx: Any) -> None:
    key = {"Idempotency-Key": "hook"}
    first, again = (api.post("/v1/webhooks", {"url": "http://127.0.0.1/"}, **key).json for _ in range(2))
    assert first == again
    assert len(api.get("/v1/webhooks").json["webhooks"]) == 1
