"""Orders that nobody pays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from api import Api, served
from documents import order

from contracts import Envelope
from contracts.orders import ExpireOrder, OrderExpired
from mesh import Database, testing
from mesh.testing import sent
from orders.tasks import consumer
from orders.wiring import Deps


@pytest.fixture
def deliver(database: Database) -> Callable[..., None]:
    return lambda *messages: testing.deliver(consumer, database, Deps(timedelta(minutes=30)), *messages)


def due(tx: Any) -> list[timedelta]:
    """How long the messages that let orders expire still wait, from now on."""
    rows = tx.execute("SELECT due_at - now() FROM outbox WHERE name = 'orders.expire_order'")
    return [row[0] for row in rows]


def time_is_over(path: str) -> ExpireOrder:
    return ExpireOrder(order_id=UUID(path.rpartition("/")[2]))


def test_an_order_has_half_an_hour_to_be_paid(api: Api, tx: Any) -> None:
    placed = api.place(order()).json
    patience = datetime.fromisoformat(placed["expires_at"]) - datetime.fromisoformat(placed["placed_at"])
    assert patience == timedelta(minutes=30)
    [wait] = due(tx)
    assert timedelta(minutes=29) < wait <= timedelta(minutes=30)


def test_the_time_is_a_setting(url: str, tx: Any) -> None:
    with served(url, time_to_pay=timedelta(days=2)) as api:
        api.place(order())
    [wait] = due(tx)
    assert timedelta(days=1) < wait <= timedelta(days=2)


def test_it_expires_once(api: Api, tx: Any, deliver: Callable[..., None]) -> None:
    path = api.place(order()).headers["Location"]
    deliver(time_is_over(path), time_is_over(path))
    shown = api.get(path).json
    assert (shown["status"], shown["version"]) == ("expired", 2)
    [told] = sent(tx, OrderExpired)
    assert (str(told.order_id), told.customer.email) == (shown["id"], "ada@example.com")
    assert api.get(f"{path}/timeline").json["entries"][-1]["what"] == "order expired"
    api.post(f"{path}/pay").problem(409)


@pytest.mark.parametrize(("end", "status"), [("pay", "paid"), ("cancel", "cancelled")])
def test_who_is_paid_or_cancelled_does_not_expire(
    api: Api, tx: Any, deliver: Callable[..., None], end: str, status: str
) -> None:
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/{end}")
    assert due(tx) == []
    deliver(time_is_over(path))  # it was under way already
    assert api.get(path).json["status"] == status
    assert sent(tx, OrderExpired) == []


def test_a_payment_that_fails_leaves_it_to_expire(api: Api, tx: Any) -> None:
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/pay", **{"If-Match": '"9"'}).problem(412)
    assert len(due(tx)) == 1


def test_the_message_belongs_to_the_orders_story(api: Api, tx: Any) -> None:
    answer = api.place(order())
    [[document]] = tx.execute("SELECT envelope FROM outbox WHERE name = 'orders.expire_order'").fetchall()
    assert str(Envelope.read(document).correlation_id) == answer.headers["X-Request-Id"]
