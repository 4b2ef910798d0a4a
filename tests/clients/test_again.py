"""What is not answered is asked for again, and nothing is done twice."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from api import stored
from proxy import Proxy

from meshwork_client import Retries, Unreachable, errors
from meshwork_client.retries import retry_after

from .test_client import place


def test_an_answer_that_is_lost_is_given_again(client: Any, network: Proxy, tx: Any) -> None:
    network.losing = 2
    order = place(client)
    assert network.losing == 0
    assert stored(tx) == 2  # the order and its announcement, once
    network.losing = 1
    assert client.pay_order(order.id).version == 2
    assert [each.id for each in client.iter_orders()] == [order.id]


def test_a_key_of_ones_own_is_for_asking_another_time(client: Any, network: Proxy, tx: Any) -> None:
    order = place(client, idempotency_key="cart-7")
    assert place(client, idempotency_key="cart-7") == order
    with pytest.raises(errors.OtherRequest):
        place(client, idempotency_key="cart-7", currency="USD")
    assert place(client) != place(client)


def test_it_gives_up_in_the_end(new: Any, network: Proxy, tx: Any) -> None:
    client = new(retries=Retries(attempts=3, first=0.01))
    network.losing = 3
    with pytest.raises(Unreachable, match="POST /v1/orders") as caught:
        place(client)
    assert isinstance(caught.value.__cause__, httpx2.TransportError)
    assert stored(tx) == 2


def test_a_network_that_comes_back_is_waited_for(new: Any, network: Proxy, tx: Any) -> None:
    client = new(retries=Retries(attempts=200, first=0.02, longest=0.05))
    place(client)
    with network.away():
        placing = threading.Thread(target=place, args=[client])
        placing.start()
    placing.join()
    assert stored(tx) == 4


def test_it_does_not_wait_for_ever_for_an_answer(new: Any, network: Proxy) -> None:
    client = new(timeout=0.2, retries=Retries(attempts=2, first=0.01))
    with network.frozen(), pytest.raises(Unreachable, match="Timeout"):
        client.list_orders()


def answer(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("outcome", "again"),
    [
        (answer(200), False),
        (answer(404), False),
        (answer(409), False),
        (answer(409, retry_after="0"), True),
        (answer(422), False),
        (answer(500), False),
        *((answer(status), True) for status in (408, 429, 502, 503, 504)),
        (httpx2.ConnectError("refused"), True),
        (httpx2.ReadTimeout("late"), True),
        (httpx2.UnsupportedProtocol("ftp"), False),
    ],
)
def test_what_is_tried_again(outcome: Any, again: bool) -> None:
    assert (Retries().pause(outcome, 1) is not None) == again


def test_pauses_grow_and_differ() -> None:
    retries, away = Retries(attempts=10, first=1, longest=8), answer(503)
    for attempt, most in enumerate([1, 2, 4, 8, 8, 8, 8, 8, 8], start=1):
        pauses = {retries.pause(away, attempt) for _ in range(20)}
        assert len(pauses) > 1
        assert all(pause is not None and 0 <= pause <= most for pause in pauses)
    assert retries.pause(away, 10) is None


def test_the_api_may_say_when() -> None:
    retries = Retries(first=1, longest=8)
    assert 5 <= (retries.pause(answer(429, retry_after="5"), 1) or 0) <= 6
    assert retries.pause(answer(429, retry_after="9"), 1) is None
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=7))
    assert 5 <= (retry_after(answer(503, retry_after=soon)) or 0) <= 7
    assert retry_after(answer(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")) == 0
    assert retry_after(answer(503, retry_after="soon")) is None
    assert retry_after(answer(503)) is None
