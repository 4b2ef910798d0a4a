"""Webhooks: what a client registers, and how what it wants comes there."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from api import Answer, Api, delivering, new_key, served
from documents import order
from programs import eventually
from receiver import Receiver
from standardwebhooks import WebhookVerificationError
from streams import following

from mesh import AsyncDatabase
from mesh.database import connect
from orders.api import chores
from orders.delivering import sender
from orders.delivering.deliverer import MOST
from orders.keys import Scope
from orders.store import deliveries as store
from orders.webhooks import PAUSES

Register = Callable[..., Any]


@pytest.fixture(scope="module")
def api(url: str) -> Iterator[Api]:
    """One that lets webhooks come to this machine."""
    with served(url, webhook_networks="127.0.0.0/8") as api:
        yield api


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def register(api: Api, tx: Any, receiver: Receiver) -> Register:
    """A webhook that leads to the receiver: its document."""

    def register(**wanted: Any) -> Any:
        answer = api.post("/v1/webhooks", {"url": receiver.url, **wanted})
        assert answer.status == 201, answer.text
        return answer.json

    return register


@pytest.fixture
def deliverer(api: Api, tx: Any) -> Iterator[None]:
    with delivering(api):
        yield


def path(webhook: Any, *more: str) -> str:
    return "/".join(["/v1/webhooks", webhook["id"], *more])


def deliveries(api: Api, webhook: Any, query: str = "") -> list[Any]:
    return list(api.get(path(webhook, "deliveries") + query).json["deliveries"])


def settled(api: Api, webhook: Any, state: str = "succeeded") -> list[Any]:
    """The deliveries, when all there are have come to that."""

    def all_settled() -> list[Any]:
        found = deliveries(api, webhook)
        return found if found and all(each["state"] == state for each in found) else []

    return list(eventually(all_settled, f"all are {state}"))


def tried(api: Api, webhook: Any, times: int) -> None:
    """Wait until the one delivery was."""
    eventually(lambda: [len(d["attempts"]) for d in deliveries(api, webhook)] == [times], f"{times} attempts")


def due_now(tx: Any) -> None:
    """Time passes."""
    tx.execute("UPDATE deliveries SET due_at = now() WHERE state = 'pending'")


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


def test_a_slow_endpoint_holds_up_nobody_else(api: Api, register: Register, receiver: Receiver) -> None:
    """Forty events wait for one that does not answer; another one's come through."""
    answering = Event()
    with Receiver() as silent, delivering(api):
        silent.answer = lambda _: (200 if answering.wait() else 0, {})
        slow = register(url=silent.url)
        register()
        for _ in range(40):
            api.place(order())
        eventually(lambda: len(receiver.received) == 40, "all have come to the other one")
        assert len(silent.received) < 40
        answering.set()
        eventually(lambda: len(silent.received) == 40, "and to this one, once it answers")
        settled(api, slow)


def test_a_slow_account_leaves_room_for_others(
    api: Api, register: Register, receiver: Receiver, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty endpoints of one account do not answer, and more waits for them than there are places."""
    monkeypatch.setattr(sender, "WITHIN", 600.0)
    theirs = {"Authorization": f"Bearer {new_key(api.url, 'others')}"}
    answering = Event()
    with Receiver() as silent, delivering(api), ExitStack() as stack:
        stack.callback(answering.set)
        silent.answer = lambda _: (200 if answering.wait() else 0, {})
        for _ in range(20):
            register(url=silent.url)
        for _ in range(12):
            api.place(order())
        eventually(lambda: on_their_way(tx) == MOST // 2, "it has the half")
        assert api.post("/v1/webhooks", {"url": receiver.url}, **theirs).status == 201
        for _ in range(12):
            api.place(order(), **theirs)
        eventually(lambda: len(receiver.received) == 12, "the other's have all come")
        assert states(tx)["pending"] >= 240
        answering.set()
        eventually(lambda: states(tx) == {"succeeded": 252}, "and its own, once it answers")


def on_their_way(tx: Any) -> int:
    count = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND due_at > now()"
    return int(tx.execute(count).fetchone()[0])


def states(tx: Any) -> dict[str, int]:
    return dict(tx.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())


def test_places_are_shared_by_those_who_want_them(tx: Any, url: str) -> None:
    """As many are free as each of them has; who has some already gets the fewer."""
    tx.execute("""
        INSERT INTO endpoints (id, account, url, types, secret, created_at, xid, seq)
        SELECT gen_random_uuid(), account, 'http://127.0.0.1/', '{}', 'whsec_', now(), '1', 1
        FROM unnest(ARRAY['a', 'b', 'c']) AS account, generate_series(1, 20);
    """)
    due = """
        TRUNCATE deliveries, attempts; INSERT INTO deliveries (id, endpoint_id, event_id, type, body)
        SELECT gen_random_uuid(), id, 'event', 'order.placed', '{}' FROM endpoints, generate_series(1, 10)
    """
    for room, taken, given in [
        (200, {}, {"a": 50, "b": 50, "c": 50}),
        (100, {"a": 100}, {"b": 33, "c": 33}),
        (170, {"a": 30}, {"a": 20, "b": 50, "c": 50}),
        (3, {"a": 1, "b": 1}, {"c": 1}),
        (1, {}, {}),
    ]:
        tx.execute(due)
        assert asyncio.run(claimed(url, room, taken)) == given


async def claimed(url: str, room: int, taken: dict[str, int]) -> Counter[str]:
    """How many each account got."""
    database = AsyncDatabase(url, "tests", 1)
    await database.open()
    async with database.begin() as tx:
        found = [each.endpoint_id for each in await store.claim(tx, 10, room, [], taken)]
        whose = "SELECT account FROM unnest(%s::uuid[]) AS id JOIN endpoints USING (id)"
        rows = await tx.execute(whose, (found,))
        accounts = Counter(account for (account,) in await rows.fetchall())
    await database.close()
    return accounts


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


def test_removed_is_removed(api: Api, register: Register, tx: Any) -> None:
    webhook = register()
    api.post(path(webhook, "test"))
    assert api.request("DELETE", path(webhook)).status == 204
    api.request("DELETE", path(webhook)).problem(404)
    api.get(path(webhook)).problem(404)
    api.get(path(webhook, "deliveries")).problem(404)
    assert api.get("/v1/webhooks").json == {"webhooks": []}


def test_a_removal_waits_for_none_of_its_deliveries(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    """One of them is being worked on, and all of them are there for a while; nothing is sent any more."""
    webhook = register()
    api.post(path(webhook, "test"))
    [delivery] = settled(api, webhook)
    with connect(api.url, "tests") as other, other.transaction():
        other.execute("SELECT FROM deliveries FOR UPDATE")
        assert api.request("DELETE", path(webhook)).status == 204
        api.run(chores.tidy(api.application))
        assert states(tx) == {"succeeded": 1}
        other.execute("UPDATE deliveries SET state = 'pending', due_at = now()")
    api.post(path(webhook, "deliveries", delivery["id"], "resend")).problem(404)
    keep = register()  # sends what is due by then, and finds the other one gone
    api.place(order())
    settled(api, keep)
    assert len(receiver.received) == 2
    api.run(chores.tidy(api.application))
    assert tx.execute("SELECT endpoint_id::text FROM deliveries").fetchall() == [(keep["id"],)]
    assert len(tx.execute("SELECT FROM attempts").fetchall()) == 1


def test_what_is_left_of_a_removal_is_deleted_some_at_a_time(
    api: Api, register: Register, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "_MOST", 10)
    kept, *removed = (register() for _ in range(4))
    tx.execute("""
        INSERT INTO deliveries (id, endpoint_id, event_id, type, body)
        SELECT gen_random_uuid(), id, 'event', 'order.placed', '{}' FROM endpoints, generate_series(1, 25);
        INSERT INTO attempts (delivery_id, at, milliseconds) SELECT id, now(), 1 FROM deliveries;
        CREATE TABLE IF NOT EXISTS deleted (xid xid8);
        CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO deleted VALUES (pg_current_xact_id()); RETURN NULL; END';
        CREATE OR REPLACE TRIGGER noted AFTER DELETE ON deliveries FOR EACH ROW EXECUTE FUNCTION note();
    """)
    for webhook in removed:
        assert api.request("DELETE", path(webhook)).status == 204
    api.run(chores.tidy(api.application))
    per_transaction = tx.execute("SELECT count(*) FROM deleted GROUP BY xid ORDER BY 1").fetchall()
    tx.execute("DROP TABLE deleted; DROP FUNCTION note CASCADE")
    assert [count for (count,) in per_transaction] == [5] + [10] * 7
    left = tx.execute("SELECT endpoint_id::text, count(*) FROM deliveries GROUP BY 1").fetchall()
    assert left == [(kept["id"], 25)]
    assert tx.execute("SELECT count(*) FROM attempts").fetchone() == (25,)


def test_what_is_removed_while_it_is_sent_is_no_fault(
    api: Api, register: Register, receiver: Receiver, deliverer: None, tx: Any
) -> None:
    webhook, arrived, answering = register(), Event(), Event()
    receiver.answer = lambda _: (arrived.set(), answering.wait(), (500, {}))[-1]  # type: ignore[func-returns-value]
    api.post(path(webhook, "test"))
    assert arrived.wait(60)
    assert api.request("DELETE", path(webhook)).status == 204
    answering.set()
    eventually(lambda: tx.execute("SELECT FROM attempts").fetchall(), "it is noted")
    api.run(chores.tidy(api.application))
    assert (states(tx), tx.execute("SELECT FROM attempts").fetchall()) == ({}, [])


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


def test_what_is_over_is_forgotten_after_a_month(api: Api, register: Register, tx: Any) -> None:
    webhook = register()
    for state in ("pending", "succeeded"):
        api.post(path(webhook, "test"))
        tx.execute(
            "UPDATE deliveries SET state = %s, due_at = %s", (state, datetime.now(UTC) - timedelta(days=31))
        )
        api.run(chores.tidy(api.application))
        assert len(deliveries(api, webhook)) == (state == "pending")
