"""What becomes of an order, step by step: its state, what the mesh is told, and its timeline."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from api import Api, new_key
from documents import order

from contracts.orders import (
    OrderCancelled,
    OrderDelivered,
    OrderNoted,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
)
from mesh.testing import sent
from orders.domain import TRANSITIONS, Status

ACTIONS = {"pay": "pay", "ship": "ship", "deliver": "deliver", "cancel": "cancel", "refund": "refunds"}
"""And the end of their path."""
WAYS = {
    "placed": (),
    "paid": ("pay",),
    "shipped": ("pay", "ship"),
    "delivered": ("pay", "ship", "deliver"),
    "cancelled": ("cancel",),
    "refunded": ("pay", "refunds"),
}
"""How an order gets there."""


@pytest.fixture
def at(api: Api, tx: Any) -> Callable[..., str]:
    """The path of an order in that state."""

    def at(status: str = "placed") -> str:
        path = str(api.place(order()).headers["Location"])
        for step in WAYS[status]:
            assert api.post(f"{path}/{step}").status == 200
        return path

    return at


def test_from_the_order_to_the_door_and_back(api: Api, at: Callable[..., str], tx: Any) -> None:
    path = at()
    for step, document, status in [
        ("pay", None, "paid"),
        ("ship", {"carrier": "DHL", "tracking": "JD014"}, "shipped"),
        ("deliver", {}, "delivered"),
        ("refunds", {"reason": "Cold tea"}, "refunded"),
    ]:
        answer = api.post(f"{path}/{step}", document)
        assert (answer.status, answer.json["status"]) == (200, status)
        assert api.get(path).json == answer.json
    assert answer.json["version"] == 5
    lines = [entry["what"] for entry in api.get(f"{path}/timeline").json["entries"]]
    assert lines == ["order placed", "order paid", "order shipped", "order delivered", "900 refunded"]


def test_the_mesh_is_told_of_each_change(api: Api, at: Callable[..., str], tx: Any) -> None:
    path = at()
    id = path.rpartition("/")[2]
    api.post(f"{path}/pay")
    api.post(f"{path}/ship", {"carrier": "DHL", "tracking": "JD014"})
    api.post(f"{path}/deliver")
    api.post(f"{path}/refunds", {"amount": 300, "reason": "Cold tea"})
    api.post(f"{path}/notes", {"text": "Sorry for\nthe tea.", "for_customer": True})
    [paid], [shipped], [delivered] = sent(tx, OrderPaid), sent(tx, OrderShipped), sent(tx, OrderDelivered)
    [refunded], [noted] = sent(tx, OrderRefunded), sent(tx, OrderNoted)
    for event in (paid, shipped, delivered, refunded, noted):
        assert (str(event.order_id), event.customer.email, event.total) == (id, "ada@example.com", 900)
    assert (shipped.carrier, shipped.tracking) == ("DHL", "JD014")
    assert (refunded.amount, refunded.refunded, refunded.reason) == (300, 300, "Cold tea")
    assert (noted.note, noted.for_customer) == ("Sorry for\nthe tea.", True)


@pytest.mark.parametrize("status", WAYS)
def test_each_state_allows_what_the_table_says(
    api: Api, at: Callable[..., str], tx: Any, status: str
) -> None:
    possible = TRANSITIONS[Status(status)]
    for action, end in ACTIONS.items():
        path = at(status)
        tx.execute("TRUNCATE outbox")
        answer = api.post(f"{path}/{end}")
        if action in possible:
            assert (answer.status, answer.json["status"]) == (200, possible[action]), action
        else:
            problem = answer.problem(409)
            assert (problem["order_status"], problem["possible"]) == (status, possible), action
            assert api.get(path).json["status"] == status
            assert tx.execute("SELECT count(*) FROM outbox").fetchone() == (0,), "nothing is told"


def test_an_order_is_refunded_in_parts(api: Api, at: Callable[..., str]) -> None:
    path = at("shipped")
    first = api.post(f"{path}/refunds", {"amount": 300}).json
    assert (first["status"], first["refunded"]) == ("shipped", 300)
    assert api.post(f"{path}/refunds", {"amount": 601}).problem(409)["left"] == 600
    last = api.post(f"{path}/refunds", {}).json
    assert (last["status"], last["refunded"]) == ("refunded", 900)
    api.post(f"{path}/refunds", {"amount": 1}).problem(409)


def test_an_order_that_costs_nothing_can_be_refunded(api: Api, tx: Any) -> None:
    gift = order(lines=[{"sku": "T-1", "name": "Tea", "quantity": 1, "unit_price": 0}])
    path = api.place(gift).headers["Location"]
    api.post(f"{path}/pay")
    assert api.post(f"{path}/refunds").json["status"] == "refunded"


def test_a_reason_is_told(api: Api, at: Callable[..., str], tx: Any) -> None:
    api.post(f"{at()}/cancel", {"reason": "Changed my mind"})
    [cancelled] = sent(tx, OrderCancelled)
    assert cancelled.reason == "Changed my mind"


def test_a_change_says_when(api: Api, at: Callable[..., str]) -> None:
    path = at()
    assert api.get(path).json["changed_at"] is None
    paid = api.post(f"{path}/pay").json
    assert datetime.fromisoformat(paid["changed_at"]) > datetime.fromisoformat(paid["placed_at"])
    assert paid["expires_at"] is None, "it is paid"


@pytest.mark.parametrize("tag", ['"1"', '"1r"', '"7", "1"', "*", None])
def test_the_version_that_a_client_has_seen_is_changed(
    api: Api, at: Callable[..., str], tag: str | None
) -> None:
    path = at()
    assert api.get(path).headers["ETag"] == '"1"'
    answer = api.post(f"{path}/pay", **{"If-Match": tag})
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize("tag", ['"2"', "1", 'W/"1"', '"x"', '""', '"1', "\u0661"])
def test_another_version_is_left_alone(api: Api, at: Callable[..., str], tag: str) -> None:
    path = at()
    assert (
        api.post(f"{path}/pay", **{"If-Match": tag.encode().decode("latin-1")}).problem(412)["version"] == 1
    )
    assert api.get(path).json["status"] == "placed"


def test_of_two_at_once_one_wins(api: Api, at: Callable[..., str]) -> None:
    path = at()
    with ThreadPoolExecutor() as pool:
        answers = list(
            pool.map(lambda n: api.post(f"{path}/notes", {"text": n}, **{"If-Match": '"1"'}), "abcd")
        )
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]
    assert api.get(path).json["version"] == 2


@pytest.mark.parametrize(
    ("end", "document", "pointer"),
    [
        ("ship", {"carier": "DHL"}, "/carier"),
        ("ship", {"carrier": "D\nHL"}, "/carrier"),
        ("refunds", {"amount": 0}, "/amount"),
        ("refunds", {"amount": -1}, "/amount"),
        ("refunds", {"amount": 1.5}, "/amount"),
        ("refunds", {"amount": "1"}, "/amount"),
        ("refunds", {"amount": 10**30}, "/amount"),
        ("notes", {"text": ""}, "/text"),
        ("notes", {"text": "x" * 2001}, "/text"),
        ("notes", {"text": "\0"}, "/text"),
        ("notes", {"text": "x", "for_customer": "yes"}, "/for_customer"),
        ("notes", {}, "/text"),
        ("pay", {"amount": 1}, "/amount"),
        ("pay", [], ""),
    ],
)
def test_what_does_not_fit(api: Api, at: Callable[..., str], end: str, document: Any, pointer: str) -> None:
    path = at("paid")
    problem = api.post(f"{path}/{end}", document).problem(422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert api.get(path).json["version"] == 2


def test_nobody_sees_or_changes_the_orders_of_others(api: Api, at: Callable[..., str], url: str) -> None:
    path = at("paid")
    theirs = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    api.get(path, **theirs).problem(404)
    api.get(f"{path}/timeline", **theirs).problem(404)
    for end in (*ACTIONS.values(), "notes"):
        document = {"text": "x"} if end == "notes" else None
        api.post(f"{path}/{end}", document, **theirs).problem(404)
    assert api.get("/v1/orders", **theirs).json["orders"] == []
    assert api.get(path).json["version"] == 2
