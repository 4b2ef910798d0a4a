"""What a client can do, and what it is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from api import Api, new_key

from meshwork_client import ApiError, Meshwork, NotUnderstood, errors
from meshwork_client.call import Lines
from meshwork_client.models import Customer, Line, LineFaults, Order, Status
from orders.keys import Scope

ADA = Customer(email="ada@example.com", name="Ada Lovelace")
TEA = Line(sku="T-1", name="Tea", quantity=2, unit_price=450)


def place(client: Any, **more: Any) -> Order:
    order = client.place_order(**{"customer": ADA, "currency": "EUR", "lines": [TEA], **more})
    assert isinstance(order, Order)
    return order


def test_an_order_all_the_way(client: Any) -> None:
    order = place(client, metadata={"shop": "7"})
    assert (order.status, order.total, order.customer.locale) == (Status.PLACED, 900, "en")
    assert order.placed_at.tzinfo
    assert client.pay_order(order.id).status is Status.PAID
    assert client.ship_order(order.id, carrier="DHL").status is Status.SHIPPED
    assert client.deliver_order(str(order.id)).version == 4
    assert client.refund_order(order.id, amount=400, reason="cold").refunded == 400
    assert client.add_note(order.id, text="rang twice").metadata == {"shop": "7"}
    done = [entry.what for entry in client.get_timeline(order.id).entries]
    assert done[0] == "order placed"
    assert done[-2:] == ["400 refunded", "noted: rang twice"]
    assert client.get_order(order.id).version == 6


def test_lists_go_through_all_pages(client: Any) -> None:
    placed = [place(client, metadata={"shop": str(number % 2)}) for number in range(7)]
    for order in placed[:3]:
        client.cancel_order(order.id)
    newest_first = sorted((order.id for order in placed), reverse=True)
    assert [order.id for order in client.iter_orders(limit=3)] == newest_first
    assert len([*client.iter_orders(limit=2, metadata={"shop": "1"})]) == 3
    assert len([*client.iter_orders(limit=2, status=["cancelled", Status.PAID])]) == 3
    page = client.list_orders(limit=2, after=newest_first[2])
    assert [order.id for order in page.orders] == newest_first[3:5]
    assert page.newer


def test_lists_by_time(client: Any) -> None:
    order, hour = place(client), timedelta(hours=1)
    found = client.iter_orders(placed_since=order.placed_at, placed_until=datetime.now(UTC) + hour)
    assert [*found] == [order]
    assert [*client.iter_orders(placed_since=order.placed_at + hour)] == []


def test_nobody_is_overwritten(client: Any) -> None:
    order = place(client)
    assert client.pay_order(order.id, if_version=order.version).version == 2
    with pytest.raises(errors.Stale) as caught:
        client.ship_order(order.id, if_version=order.version)
    assert caught.value.more["version"] == 2


def test_a_problem_says_what_is_wrong(client: Any, api: Api) -> None:
    with pytest.raises(errors.Invalid) as caught:
        place(client, lines=[TEA.model_copy(update={"quantity": 0})])
    [wrong] = caught.value.problem.errors or []
    assert wrong.pointer == "/lines/0/quantity"
    assert caught.value.request_id
    with pytest.raises(errors.NotFound, match="404 /problems/not-found: There is no such order"):
        client.get_order(uuid4())
    with pytest.raises(errors.Impossible) as refused:
        client.ship_order(place(client).id)
    assert set(refused.value.more["possible"]) == {"pay", "cancel", "expire"}


def test_a_misspelt_field_is_refused_and_not_lost(client: Any) -> None:
    with pytest.raises(errors.Invalid, match="422"):
        place(client, customer=Customer.model_validate(ADA.model_dump() | {"lcoale": "pt"}))


def test_an_id_is_no_path(client: Any) -> None:
    order = place(client)
    with pytest.raises(errors.NotFound):
        client.get_order(f"{order.id}/timeline")


def test_a_key_is_needed_and_its_scope(new: Any, url: str) -> None:
    with pytest.raises(errors.Unauthorized):
        new(key="mw_none").list_orders()
    with pytest.raises(errors.Forbidden) as caught:
        place(new(key=new_key(url, scopes=[Scope.READ])))
    assert caught.value.more == {"scope": "orders:write"}


def test_what_comes_from_elsewhere_is_an_error_too(new: Any, api: Api) -> None:
    """A path of the API's, so that there is an answer: one that a client never asks for."""
    elsewhere = new(url=f"http://127.0.0.1:{api.port}/docs/0/start.js#")
    with pytest.raises(ApiError, match="404") as caught:
        elsewhere.list_orders()
    assert type(caught.value) in (ApiError, errors.NotFound)
    with pytest.raises(NotUnderstood, match="OrderPage"):
        new(url=f"http://127.0.0.1:{api.port}/health/live#").list_orders()


def test_a_status_that_is_new_is_read_as_it_stands(client: Any) -> None:
    told = place(client).model_dump(mode="json")
    assert Order.model_validate(told | {"status": "frozen", "warehouse": "B"}).status == "frozen"
    assert type(Order.model_validate(told).status) is Status


def test_it_says_who_it_is_and_what_it_means(api: Api, tx: Any) -> None:
    sent: list[httpx2.Request] = []
    http = httpx2.Client(event_hooks={"request": [sent.append]})
    with Meshwork(f"http://127.0.0.1:{api.port}/", api.key, http=http) as client:
        place(client, request_id="01a1fc71-e320-7390-b200-14aac26dcbfb")
        client.list_orders()
    assert all(each.headers["User-Agent"].startswith("meshwork-client/0.1") for each in sent)
    assert [each.headers.get("Idempotency-Key") is None for each in sent] == [False, True]
    assert sent[0].headers["X-Request-Id"] == "01a1fc71-e320-7390-b200-14aac26dcbfb"
    assert http.is_closed
    assert api.key not in repr(client)


def test_webhooks_come_and_go(client: Any) -> None:
    made = client.register_webhook(url="https://shop.example.com/events", types=["order.paid"])
    assert made.secret.startswith("whsec_")
    client.test_webhook(made.id)
    [sent] = client.iter_deliveries(made.id, limit=1)
    assert (sent.type, sent.state) == ("webhook.test", "pending")
    assert not client.change_webhook(made.id, enabled=False).enabled
    assert [each.id for each in client.list_webhooks().webhooks] == [made.id]
    client.remove_webhook(made.id)
    with pytest.raises(errors.NotFound, match="no such webhook"):
        client.get_webhook(made.id)


def test_an_import_is_a_job(client: Any) -> None:
    lines = b'{"currency": "EUR"}\n' * 2
    job = client.import_orders(lines, content_type="application/x-ndjson")
    assert (job.kind, job.progress.total) == ("import", 2)
    assert client.get_job(job.id) == job
    assert client.list_import_errors(job.id).root == []  # nobody has looked at them yet
    assert client.revoke_job(job.id).state == "REVOKED"


def test_documents_in_lines() -> None:
    text = b'{"line": 1, "errors": []}\n{"line": 7, "errors": [{"pointer": "/lines", "detail": "missing"}]}\n'
    first, second = Lines[LineFaults].model_validate_json(text).root
    assert (first.line, second.errors[0].pointer) == (1, "/lines")
