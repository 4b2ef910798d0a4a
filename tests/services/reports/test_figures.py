"""Sales figures: each order counted once, on its UTC day and in its currency."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from messages import LINES, NOW, about, order_placed
from programs import eventually

from contracts import Message
from contracts.orders import Line, OrderCancelled, OrderPlaced
from contracts.reports import LoadLanded, SalesRecorded, TransformLanded
from mesh import Database, testing
from mesh.database import Tx, connect
from mesh.outbox import LIMIT
from mesh.testing import around, sent
from reports.tasks import consumer
from reports.usecases import gathering
from reports.wiring import Deps

Deliver = Callable[..., None]
DAY = date(2026, 3, 1)


def sales(tx: Any, day: date = DAY) -> list[tuple[str, int, int, int]]:
    return [(f.currency, f.orders, f.items, f.revenue) for f in gathering.sales(day, tx)]


def test_an_order_counts(deliver: Deliver, tx: Any) -> None:
    lines = (*LINES, Line(sku="C-1", name="Cup", quantity=1, unit_price=0))
    deliver(order_placed(lines=lines, total=900))
    assert sales(tx) == [("EUR", 1, 3, 900)]


def test_orders_add_up_by_currency(deliver: Deliver, tx: Any) -> None:
    deliver(order_placed(), order_placed(currency="USD"), order_placed())
    deliver(order_placed(total=100))
    assert sales(tx) == [("EUR", 3, 6, 1900), ("USD", 1, 2, 900)]


@pytest.mark.parametrize(
    ("placed_at", "day"),
    [
        ("2026-03-01T00:00:00+00:00", date(2026, 3, 1)),
        ("2026-03-01T23:59:59.999999+00:00", date(2026, 3, 1)),
        ("2026-03-02T00:00:00+00:00", date(2026, 3, 2)),
        ("2026-03-01T00:30:00+02:00", date(2026, 2, 28)),
        ("2026-03-01T23:30:00-01:00", date(2026, 3, 2)),
        ("2026-01-01T05:29:59+05:30", date(2025, 12, 31)),
    ],
)
def test_a_day_is_a_utc_day(deliver: Deliver, tx: Any, placed_at: str, day: date) -> None:
    deliver(order_placed(placed_at=datetime.fromisoformat(placed_at)))
    assert {d: sales(tx, d) for d in (day - timedelta(1), day, day + timedelta(1)) if sales(tx, d)} == {
        day: [("EUR", 1, 2, 900)]
    }


def test_a_batch_may_span_days(deliver: Deliver, tx: Any) -> None:
    placed = [order_placed(placed_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (3, 1, 2, 1)]
    deliver(*placed)
    assert [sales(tx, date(2026, 3, day)) for day in (1, 2, 3)] == [
        [("EUR", 2, 4, 1800)],
        [("EUR", 1, 2, 900)],
        [("EUR", 1, 2, 900)],
    ]
    [recorded] = sent(tx, SalesRecorded)
    assert sorted(recorded.order_ids) == sorted(p.order_id for p in placed)


def test_a_duplicate_does_not_count(deliver: Deliver, tx: Any) -> None:
    first, second = around(order_placed()), around(order_placed())
    deliver(first, first)
    deliver(second, first)
    deliver(first, second)
    assert sales(tx) == [("EUR", 2, 4, 1800)]
    ids = [id for recorded in sent(tx, SalesRecorded) for id in recorded.order_ids]
    assert len(ids) == len(set(ids)) == 2


def test_a_message_that_does_not_fit_leaves_the_others(deliver: Deliver, tx: Any) -> None:
    bad = around(order_placed()).model_copy(update={"data": {"total": 1}})
    body = f"[[{bad.model_dump_json()}], {{}}, {{}}]".encode()
    deliver(testing.Raw(body, {"task": bad.name, "id": str(bad.id)}, "reports.v1", 0), order_placed())
    assert sales(tx) == [("EUR", 1, 2, 900)]


def test_revenue_may_be_huge(deliver: Deliver, tx: Any) -> None:
    deliver(*(order_placed(total=10**18) for _ in range(20)))
    deliver(order_placed(total=1))
    assert sales(tx) == [("EUR", 21, 42, 20 * 10**18 + 1)]


def test_clocks_that_differ_change_no_sum(deliver: Deliver, tx: Any) -> None:
    ahead, behind = order_placed(placed_at=NOW + timedelta(days=300)), order_placed(placed_at=NOW)
    deliver(ahead, behind)
    deliver(OrderCancelled(**about(behind), at=NOW - timedelta(hours=3), reason=None))  # before it was placed
    assert sales(tx, (NOW + timedelta(days=300)).date()) == [("EUR", 1, 2, 900)]
    assert sales(tx, NOW.date()) == [("EUR", 1, 2, 900)]
    assert one(tx, "SELECT sum(cancelled) FROM days") == 1


def test_what_has_no_rate_is_not_added_to_other_currencies(deliver: Deliver, tx: Any) -> None:
    placed = order_placed(currency="USD")
    deliver(placed)
    deliver(OrderCancelled(**about(placed), at=NOW, reason=None))
    assert one(tx, "SELECT unconverted FROM days") == 1
    assert not one(tx, "SELECT count(*) FROM days_by_customer")


def test_a_full_batch_is_one_message_and_a_small_one(deliver: Deliver, tx: Any) -> None:
    batch = consumer.handlers["orders.order_placed"].batch
    deliver(*(order_placed() for _ in range(batch)))
    [[document]] = tx.execute("SELECT envelope::text FROM outbox").fetchall()
    assert len(sent(tx, SalesRecorded)[0].order_ids) == batch == 500
    assert len(document.encode()) < LIMIT


@pytest.fixture
def meet(url: str, tx: Tx) -> Callable[..., None]:
    """Has two workers take a step each, of orders that landed on three days, and meet in the middle.

    Both wait for what the statement locks, with what they did until then. Then it lets go.
    """

    def work(*steps: Message) -> None:
        database = Database(url, "tests", size=1)
        database.open()
        try:
            testing.deliver(consumer, database, Deps(None), *steps)
        finally:
            database.close()

    def meet(first: Sequence[Message], second: Sequence[Message], lock: str, *what: Any) -> None:
        with connect(url, "tests") as blocker, ThreadPoolExecutor() as pool:
            with blocker.transaction(force_rollback=True):
                blocker.execute(lock, what)
                working = [pool.submit(work, *steps) for steps in (first, second)]
                eventually(lambda: one(tx, _WAITING) == 2, "both wait")
            for worker in working:
                worker.result()

    return meet


_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"  # since it was made
_HOLD_DAY = """
    INSERT INTO days SELECT '2026-03-02', '', 'EUR', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
"""
_HOLD_ORDER = "INSERT INTO orders (order_id) VALUES (%s)"


def one(tx: Tx, query: str) -> int:
    row = tx.execute(query).fetchone()
    return int(row[0]) if row else 0


@pytest.fixture
def landed(database: Database, tx: Tx) -> Callable[..., TransformLanded]:
    """Has orders land, and nothing more. Returns what is to be done with them."""

    def land(*placed: OrderPlaced) -> TransformLanded:
        testing.deliver(consumer, database, Deps(None), *placed)
        [step] = sent(tx, TransformLanded)
        tx.execute("DELETE FROM outbox")
        return step

    return land


def three_days() -> list[OrderPlaced]:
    return [order_placed(placed_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 2, 3)]


def test_workers_at_the_same_days_do_not_lock_each_other_out(
    meet: Callable[..., None], landed: Callable[..., TransformLanded], database: Database, tx: Tx
) -> None:
    steps = [landed(*three_days()), landed(*three_days()[::-1])]
    for step in steps:
        testing.deliver(consumer, database, Deps(None), step)
    first, second, deadlocks = *sent(tx, LoadLanded), one(tx, _DEADLOCKS)
    meet([first], [second], _HOLD_DAY)
    assert [sales(tx, date(2026, 3, day)) for day in (1, 2, 3)] == [[("EUR", 2, 4, 1800)]] * 3
    assert one(tx, _DEADLOCKS) == deadlocks


def test_workers_at_the_same_orders_do_not_lock_each_other_out(
    meet: Callable[..., None], landed: Callable[..., TransformLanded], database: Database, tx: Tx
) -> None:
    placed, deadlocks = three_days(), one(tx, _DEADLOCKS)
    step = landed(*placed)
    meet([step], [step], _HOLD_ORDER, placed[1].order_id)
    testing.settle(consumer, database, Deps(None), tx)
    assert [sales(tx, date(2026, 3, day)) for day in (1, 2, 3)] == [[("EUR", 1, 2, 900)]] * 3
    assert one(tx, _DEADLOCKS) == deadlocks
