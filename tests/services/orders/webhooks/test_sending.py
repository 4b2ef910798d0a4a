"""Webhooks: how what a client wants comes there, and what becomes of what does not."""

from datetime import timedelta
from typing import Any

import pytest
from api import Api, delivering
from documents import order
from hooked import Register, deliveries, due_now, path, settled, tried
from programs import eventually
from receiver import Receiver
from standardwebhooks import WebhookVerificationError
from streams import following

from orders.webhooks import PAUSES


def test_what_becomes_of_orders_is_sent(
    api: Api, register: Register, receiver: Receiver, deliverer: None
) -> None:
    api.place(order())  # before it was registered
    webhook = register()
    at = api.place(order()).headers["Location"]
    api.post(f"{at}/pay")
    eventually(lambda: len(receiver.received) == 2, "both events have come")
    placed, paid = sorted(receiver.received, key=lambda each: each.json["data"]["version"])
    assert placed.verified(webhook["secret"])["type"] == "order.placed"
    assert paid.verified(webhook["secret"])["data"]["status"] == "paid"
    assert at.endswith(paid.json["data"]["order_id"])
    assert paid.headers["content-type"] == "application/json"
    assert paid.headers["user-agent"].startswith("Meshwork/")
    first, second = settled(api, webhook)
    assert {first["event_id"], second["event_id"]} == {placed.id, paid.id}
    assert [attempt["status"] for attempt in first["attempts"]] == [200]
    assert first["due_at"] is None


def test_it_is_the_same_event_that_streams_tell(
    api: Api, register: Register, receiver: Receiver, deliverer: None
) -> None:
    register()
    with following(api, "/v1/events") as stream:
        api.place(order())
        [told] = stream.next(1)
    eventually(lambda: receiver.received, "it has come")
    assert (receiver.received[0].id, receiver.received[0].json) == (told.id, told.document)


def test_only_what_is_wanted_is_sent(
    api: Api, register: Register, receiver: Receiver, deliverer: None
) -> None:
    register(types=["order.paid", "order.noted"])
    at = api.place(order()).headers["Location"]
    for step, document in [("pay", None), ("ship", None), ("notes", {"text": "Thanks"})]:
        api.post(f"{at}/{step}", document)
    eventually(lambda: len(receiver.received) >= 2, "they have come")
    assert sorted(receiver.types()) == ["order.noted", "order.paid"]


def test_what_fails_is_tried_again_under_the_same_id(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register()
    receiver.answers(500, 302, 204, Location="http://127.0.0.1/elsewhere")
    api.place(order())
    for tries in (1, 2):
        tried(api, webhook, tries)
        [pending] = deliveries(api, webhook, "?state=pending")
        assert pending["due_at"]
        due_now(tx)
    [delivery] = settled(api, webhook)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 302, 204]
    assert [attempt["error"] for attempt in delivery["attempts"]] == [
        "It answered 500.",
        "It answered 302.",
        None,
    ]
    assert len({each.id for each in receiver.received}) == 1
    assert len({each.body for each in receiver.received}) == 1


def test_pauses_grow_until_it_is_given_up(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register()
    receiver.answers(503)
    api.place(order())
    pauses = []
    for tries in range(1, len(PAUSES) + 1):
        tried(api, webhook, tries)
        [(pause,)] = tx.execute(
            "SELECT due_at - max(at) FROM deliveries, attempts GROUP BY due_at"
        ).fetchall()
        pauses.append(pause)
        due_now(tx)
    assert pauses[:-1] == sorted(pauses[:-1])  # the last two are alike
    assert timedelta(hours=23) < sum(pauses, timedelta()) < timedelta(hours=27)
    [delivery] = settled(api, webhook, "failed")
    assert len(delivery["attempts"]) == len(PAUSES) + 1
    assert api.get(path(webhook)).json["failing_since"]
    receiver.answers(200)
    again = api.post(path(webhook, "deliveries", delivery["id"], "resend"))
    assert (again.status, again.json["state"]) == (200, "pending")
    [delivery] = settled(api, webhook)
    assert len(delivery["attempts"]) == len(PAUSES) + 2
    assert api.get(path(webhook)).json["failing_since"] is None


def test_an_endpoint_may_ask_for_time(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register()
    receiver.answers(429, **{"Retry-After": "3600"})
    api.place(order())
    tried(api, webhook, 1)
    [(pause,)] = tx.execute("SELECT due_at - now() FROM deliveries").fetchall()
    assert timedelta(minutes=50) < pause <= timedelta(hours=1)


def test_what_takes_nothing_for_days_is_disabled_and_said_to_be(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register()
    receiver.answers(500)
    with following(api, "/v1/events?type=webhook.disabled") as stream:
        api.place(order())
        eventually(lambda: api.get(path(webhook)).json["failing_since"], "it fails")
        tx.execute("UPDATE endpoints SET failing_since = now() - interval '73 hours'")
        due_now(tx)
        [told] = stream.next(1)
    shown = api.get(path(webhook)).json
    assert (shown["enabled"], told.document["data"]["webhook_id"]) == (False, webhook["id"])
    assert told.document["data"]["why"] == shown["disabled_why"]
    assert shown["disabled_why"].startswith("It has taken nothing since ")


def test_410_disables_at_once_and_enabling_goes_on_where_it_was(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register(types=["order.placed"])
    receiver.answers(410)
    api.place(order())
    eventually(lambda: not api.get(path(webhook)).json["enabled"], "it is disabled")
    receiver.answers(200)
    receiver.received.clear()
    for _ in range(3):
        api.place(order())
    due_now(tx)
    changed = api.request("PATCH", path(webhook), json={"enabled": True})
    assert (changed.status, changed.json["disabled_why"]) == (200, None)
    eventually(lambda: len(receiver.received) >= 4, "what came meanwhile, and the one that it refused")
    assert len({each.id for each in receiver.received}) == 4


def test_several_deliverers_send_each_once(api: Api, register: Register, receiver: Receiver, tx: Any) -> None:
    webhook = register()
    with delivering(api), delivering(api):
        for _ in range(50):
            api.place(order())
        settled_ = eventually(lambda: len(receiver.received) >= 50 and settled(api, webhook), "all are sent")
    assert len(settled_) == 20  # a page
    assert len(receiver.received) == len({each.id for each in receiver.received}) == 50


def test_what_a_dead_process_had_in_hand_is_sent_by_another(
    api: Api, register: Register, receiver: Receiver, tx: Any
) -> None:
    webhook = register()
    with delivering(api):
        api.place(order())
        settled(api, webhook)
    # As if it had died between the answer and its commit.
    tx.execute("UPDATE deliveries SET state = 'pending', due_at = now() + interval '60 s'; TRUNCATE attempts")
    with delivering(api):
        tx.execute("UPDATE deliveries SET due_at = now()")  # a minute later
        settled(api, webhook)
    assert len({each.id for each in receiver.received}) == 1
    assert len(receiver.received) == 2


def test_secrets_are_replaced_without_a_gap(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook = register()
    old, new = webhook["secret"], api.post(path(webhook, "secret")).json["secret"]
    assert "secret" not in api.get(path(webhook)).json
    api.place(order())
    eventually(lambda: receiver.received, "it has come")
    assert receiver.received[0].verified(old) == receiver.received[0].verified(new)
    tx.execute("UPDATE endpoints SET old_secret_until = now()")
    api.place(order())
    eventually(lambda: len(receiver.received) == 2, "it has come")
    receiver.received[1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verified(old)


def test_a_test_event(api: Api, register: Register, receiver: Receiver, deliverer: None) -> None:
    webhook = register(types=["order.paid"])
    answer = api.post(path(webhook, "test"))
    assert (answer.status, answer.json["type"]) == (201, "webhook.test")
    eventually(lambda: receiver.types() == ["webhook.test"], "it has come")
    assert receiver.received[0].json["data"] == {"webhook_id": webhook["id"]}
