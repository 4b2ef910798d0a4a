"""Following orders: events as they happen, none missed and none twice, whichever process one asks."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from api import Api, new_key, served
from documents import order
from jsonschema import Draft202012Validator
from programs import eventually
from streams import Stream, Told, following, settled

from contracts.orders import ExpireOrder
from mesh import Database, testing
from mesh.database import connect
from orders.api import chores
from orders.api import events as streams
from orders.domain import EventType
from orders.keys import Scope
from orders.store.events import Event, Position, add
from orders.tasks import consumer
from orders.wiring import Deps


def facts(told: Told) -> tuple[str, str, int]:
    return told.type, told.document["data"]["status"], told.document["data"]["version"]


def test_an_account_sees_what_becomes_of_its_orders(api: Api, tx: Any) -> None:
    api.place(order())
    settled(tx)
    with following(api, "/v1/events") as stream:
        path = api.place(order()).headers["Location"]
        api.post(f"{path}/pay")
        api.post(f"{path}/refunds", {"amount": 100, "reason": "Cold"})
        placed, paid, refunded = stream.next(3)
    assert list(map(facts, (placed, paid, refunded))) == [
        ("order.placed", "placed", 1),
        ("order.paid", "paid", 2),
        ("order.refunded", "paid", 3),
    ]
    assert {"amount": 100, "refunded": 100, "reason": "Cold"}.items() <= refunded.document["data"].items()
    assert path.endswith(placed.document["data"]["order_id"])


def test_an_order_is_followed_from_its_beginning(api: Api, tx: Any) -> None:
    path, other = (api.place(order()).headers["Location"] for _ in range(2))
    api.post(f"{path}/pay")
    with following(api, f"{path}/events") as stream:
        assert [told.type for told in stream.next(2)] == ["order.placed", "order.paid"]
        api.post(f"{other}/pay")
        api.post(f"{path}/ship", {"tracking": "JD014"})
        [shipped] = stream.next(1)
    assert (shipped.type, shipped.document["data"]["tracking"]) == ("order.shipped", "JD014")


def test_an_order_that_expires_is_seen(api: Api, tx: Any, database: Database) -> None:
    path = api.place(order()).headers["Location"]
    settled(tx)
    with following(api, "/v1/events") as stream:
        testing.deliver(
            consumer,
            database,
            Deps(timedelta(minutes=30)),
            ExpireOrder(order_id=UUID(path.rpartition("/")[2])),
        )
        assert [told.type for told in stream.next(1)] == ["order.expired"]


def test_what_another_process_does_is_seen(api: Api, tx: Any, url: str) -> None:
    with served(url) as other, following(other, "/v1/events") as stream:
        api.place(order())
        [told] = stream.next(1)
    assert told.type == "order.placed"


def test_who_was_cut_off_goes_on_behind_the_last(api: Api, tx: Any) -> None:
    with following(api, "/v1/events") as stream:
        path = api.place(order()).headers["Location"]
        [placed] = stream.next(1)
    api.post(f"{path}/pay")
    with following(api, "/v1/events", **{"Last-Event-ID": placed.id}) as stream:
        assert [told.type for told in stream.next(1)] == ["order.paid"]


def test_who_was_cut_off_before_the_first_goes_on_from_where_it_began(api: Api, tx: Any) -> None:
    with following(api, "/v1/events?type=order.paid") as stream:
        began = stream.began
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/pay")
    with following(api, "/v1/events?type=order.paid", **{"Last-Event-ID": began}) as stream:
        assert [told.type for told in stream.next(1)] == ["order.paid"]


def test_what_is_forgotten_is_not_gone_past_in_silence(api: Api, tx: Any) -> None:
    with following(api, "/v1/events") as stream:
        began = stream.began
        api.place(order())
        [told] = stream.next(1)
    tx.execute("UPDATE events SET at = now() - interval '31 days'")
    api.run(chores.tidy(api.application))
    api.get("/v1/events", **{"Last-Event-ID": began}).problem(410)
    with following(api, "/v1/events", **{"Last-Event-ID": told.id}):
        pass  # nothing came behind it


@pytest.mark.parametrize(
    "last", ["", "now", "1-1; DROP TABLE events", "9" * 40 + "-1", "18446744073709551615-1"]
)
def test_an_event_that_is_gone_is_said_to_be(api: Api, tx: Any, last: str) -> None:
    problem = api.get("/v1/events", **{"Last-Event-ID": last}).problem(410)
    assert problem["type"] == "/problems/events-gone"


def test_events_of_some_types_alone(api: Api, tx: Any) -> None:
    with following(api, "/v1/events?type=order.paid&type=order.shipped") as stream:
        path = api.place(order()).headers["Location"]
        for step in ("pay", "ship", "deliver"):
            api.post(f"{path}/{step}")
        assert [told.type for told in stream.next(2)] == ["order.paid", "order.shipped"]
    assert api.get("/v1/events?type=order.lost").problem(422)["errors"][0]["pointer"] == "/type/0"


def test_orders_of_others_are_not_seen(api: Api, tx: Any, url: str) -> None:
    theirs = {"Authorization": f"Bearer {new_key(url, 'others')}"}
    with following(api, "/v1/events") as stream:
        path = api.place(order(), **theirs).headers["Location"]
        api.place(order())
        [told] = stream.next(1)
    assert not path.endswith(told.document["data"]["order_id"])
    api.get(f"{path}/events").problem(404)


def test_a_late_commit_is_not_overtaken(api: Api, tx: Any, url: str) -> None:
    """An event whose transaction began first comes first, though another one's is there before it."""
    with connect(url, "tests") as slow, following(api, "/v1/events") as stream:
        with slow.transaction():
            slow.execute("""
                INSERT INTO events (account, order_id, type, at, data)
                VALUES ('tests', gen_random_uuid(), 'order.noted', now(), '{"late": true}')
            """)
            api.place(order())
            tx.execute("SELECT FROM events")
        assert [told.type for told in stream.next(2)] == ["order.noted", "order.placed"]


def test_an_orders_events_come_in_the_order_of_its_versions(api: Api, tx: Any, url: str) -> None:
    """Though the transaction of a later one began before that of an earlier one."""
    path = api.place(order()).headers["Location"]
    id = UUID(path.rpartition("/")[2])
    settled(tx)
    with connect(url, "tests") as slow, following(api, "/v1/events") as stream:
        with slow.transaction():
            slow.execute("SELECT pg_current_xact_id()")  # as a worker does, whose inbox is first
            api.post(f"{path}/pay")
            add(slow, Event("tests", id, EventType.SHIPPED, datetime.now(UTC), {}))
        assert [told.type for told in stream.next(2)] == ["order.paid", "order.shipped"]


def test_positions_are_numbers(api: Api, tx: Any) -> None:
    path = api.place(order()).headers["Location"]
    for step in ("pay", "ship"):
        api.post(f"{path}/{step}")
    tx.execute("UPDATE events SET xid = CASE type WHEN 'order.placed' THEN '9' ELSE '10' END::xid8")
    with following(api, f"{path}/events") as stream:
        assert [told.type for told in stream.next(3)] == ["order.placed", "order.paid", "order.shipped"]


def test_nobody_misses_and_nobody_sees_twice(api: Api, tx: Any, url: str) -> None:
    """Many write over two processes, some follow, and one is cut off after every few events."""
    with ExitStack() as stack:
        second = stack.enter_context(served(url))
        steady = [stack.enter_context(following(one, "/v1/events")) for one in (api, second)]
        pool = stack.enter_context(ThreadPoolExecutor(8))
        broken = pool.submit(_in_pieces, second, 200)
        eventually(lambda: second.application[streams.BELL].listeners("tests") >= 2, "it follows")
        paths = list(pool.map(lambda one: one.place(order()).headers["Location"], [api, second] * 50))
        list(pool.map(lambda path: api.post(f"{path}/pay"), paths))
        seen = [stream.next(200) for stream in steady] + [broken.result()]
    ids = [[told.id for told in each] for each in seen]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == 200


def _in_pieces(api: Api, count: int) -> list[Told]:
    found: list[Told] = []
    while len(found) < count:
        last = {"Last-Event-ID": found[-1].id} if found else {}
        with following(api, "/v1/events", **last) as stream:
            found += stream.next(min(7, count - len(found)))
    return found


def test_an_order_is_followed_on_from_its_past(api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, while others are placed; and whoever was cut off anywhere misses nothing."""
    monkeypatch.setattr("orders.api.pages._MOST", 2)
    path = api.place(order()).headers["Location"]
    texts = [str(number) for number in range(5)]
    for text in texts:
        api.post(f"{path}/notes", {"text": text})
        api.place(order())
    with following(api, f"{path}/events") as stream:
        past = stream.next(6)
        for text in texts:
            api.place(order())
            api.post(f"{path}/notes", {"text": text})
        told = past + stream.next(5)
    assert [each.document["data"].get("note") for each in told] == [None, *texts, *texts]
    for cut, last in enumerate(told[:-1], 1):
        with following(api, f"{path}/events", **{"Last-Event-ID": last.id}) as stream:
            assert stream.next(len(told) - cut) == told[cut:]


def test_who_follows_one_order_is_not_silent_while_others_are_busy(
    api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its position moves on with theirs, and is told with each heartbeat."""
    monkeypatch.setattr(streams, "_HEARTBEAT", 0.01)
    path = api.place(order()).headers["Location"]
    with following(api, f"{path}/events") as stream:
        stream.next(1)
        other = api.place(order()).headers["Location"]
        told = eventually(lambda: _behind(tx, stream.block()["id"]), "it has passed the other's")
    api.post(f"{path}/pay")
    with following(api, f"{path}/events", **{"Last-Event-ID": told}) as stream:
        assert [each.type for each in stream.next(1)] == ["order.paid"]
    assert other != path


def _behind(tx: Any, id: str) -> str:
    """The position, once it lies behind all that there is."""
    last = tx.execute(
        "SELECT xid::text, seq FROM events ORDER BY events.xid DESC, seq DESC LIMIT 1"
    ).fetchone()
    return id if Position.read(id) >= (int(last[0]), last[1]) else ""


def test_a_silence_is_broken_by_heartbeats(api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_HEARTBEAT", 0.01)
    with following(api, "/v1/events") as stream:
        assert set(stream.block()) == {"id"}
        api.place(order())
        assert stream.next(1)


def test_a_key_that_is_revoked_follows_no_more(
    api: Api, tx: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_HEARTBEAT", 0.01)
    monkeypatch.setattr("orders.api.access.FRESH", 0.0)
    token = new_key(url)
    with following(api, "/v1/events", Authorization=f"Bearer {token}") as stream:
        tx.execute("UPDATE keys SET revoked_at = now() WHERE id = %s", (token.split("_")[1],))
        _until_the_end(stream)


def test_a_stop_ends_streams(api: Api, tx: Any, url: str) -> None:
    with served(url) as other:
        stack = ExitStack()
        stream = stack.enter_context(following(other, "/v1/events"))
        api.run(other.application.shutdown())
        _until_the_end(stream)
        stack.close()


def _until_the_end(stream: Stream) -> None:
    with pytest.raises(EOFError):
        while True:
            stream.block()


def test_an_account_has_a_limit(api: Api, tx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST", 1)
    with following(api, "/v1/events"):
        problem = api.get("/v1/events").problem(429)
    assert problem["type"] == "/problems/too-many-streams"
    eventually(lambda: api.application[streams.BELL].listeners("tests") == 0, "its place is free again")


def test_reading_is_enough(api: Api, tx: Any, url: str) -> None:
    reader = {"Authorization": f"Bearer {new_key(url, scopes=[Scope.READ])}"}
    writer = {"Authorization": f"Bearer {new_key(url, scopes=[Scope.WRITE])}"}
    api.get("/v1/events", **writer).problem(403)
    api.get("/v1/events", Authorization=None).problem(401)
    with following(api, "/v1/events", **reader):
        pass


def test_what_comes_is_as_described(api: Api, tx: Any) -> None:
    described = json.loads(api.get("/openapi.json").text)
    schema = described["components"]["schemas"]["Event"] | {"components": described["components"]}
    path = api.place(order()).headers["Location"]
    api.post(f"{path}/notes", {"text": "Two\nlines: \u2028 and \U0001f375"})
    with following(api, f"{path}/events") as stream:
        placed, noted = stream.next(2)
    for told in (placed, noted):
        Draft202012Validator(schema).validate(told.document)
        assert told.document["type"] == told.type
    assert noted.document["data"]["note"] == "Two\nlines: \u2028 and \U0001f375"


def test_events_are_forgotten_after_a_month(api: Api, tx: Any) -> None:
    old = api.place(order()).headers["Location"]
    tx.execute("UPDATE events SET at = now() - interval '31 days'")
    new = api.place(order()).headers["Location"]
    api.run(chores.tidy(api.application))
    [(left,)] = tx.execute("SELECT order_id FROM events").fetchall()
    assert (str(left) in new, str(left) in old) == (True, False)
