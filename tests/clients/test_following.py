"""Events, as they happen."""

from typing import Any

import pytest
from proxy import Proxy

from meshwork_client import Retries, Unreachable, errors

from .test_client import place


def test_what_becomes_of_an_order(client: Any) -> None:
    order = place(client)
    client.refund_order(client.pay_order(order.id).id, amount=400)
    told = client.follow_order(order.id, type=["order.placed", "order.refunded"])
    assert next(told)[1].data.order_id == order.id
    _, refunded = next(told)
    assert (refunded.data.refunded, refunded.data.model_extra["amount"]) == (400, 400)


def test_a_stream_that_is_cut_goes_on_where_it_was(client: Any, network: Proxy) -> None:
    order = place(client)
    told = client.follow_order(order.id)
    assert next(told)[1].type == "order.placed"
    client.pay_order(order.id)
    network.cut()
    client.ship_order(order.id)
    assert [next(told)[1].type for _ in range(2)] == ["order.paid", "order.shipped"]


def test_one_may_go_on_another_day(client: Any) -> None:
    order = place(client)
    seen, _ = next(client.follow_order(order.id))
    client.cancel_order(order.id)
    assert next(client.follow_events(last_event_id=seen))[1].type == "order.cancelled"


def test_what_is_gone_is_said(client: Any) -> None:
    with pytest.raises(errors.EventsGone):
        next(client.follow_events(last_event_id="9999999999999999999-1"))
    with pytest.raises(errors.NotFound):
        next(client.follow_order("01a1fc71-e320-7390-b200-14aac26dcbfb"))


def test_it_gives_up_in_the_end(new: Any, network: Proxy) -> None:
    client = new(retries=Retries(attempts=3, first=0.01))
    told = client.follow_order(place(client).id)
    next(told)
    with network.away(), pytest.raises(Unreachable):
        next(told)
