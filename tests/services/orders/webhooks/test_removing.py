"""Webhooks: one that is removed is gone at once, and what belonged to it follows."""

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from api import Api
from documents import order
from hooked import Register, deliveries, path, settled, states
from programs import eventually
from receiver import Receiver

from mesh.database import connect
from orders.api import chores


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


def test_what_is_over_is_forgotten_after_a_month(api: Api, register: Register, tx: Any) -> None:
    webhook = register()
    for state in ("pending", "succeeded"):
        api.post(path(webhook, "test"))
        tx.execute(
            "UPDATE deliveries SET state = %s, due_at = %s", (state, datetime.now(UTC) - timedelta(days=31))
        )
        api.run(chores.tidy(api.application))
        assert len(deliveries(api, webhook)) == (state == "pending")
