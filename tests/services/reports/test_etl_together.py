"""Steps that run at the same time, as those of several workers: nobody waits in a circle."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

from messages import NOW, about, order_placed
from programs import eventually
from stories import Story, in_tables, wanted
from tables import emptied

from contracts.orders import Line, OrderCancelled, OrderPaid, OrderRefunded
from contracts.reports import LoadLanded, SalesRecorded, TransformLanded
from mesh import Tx, database
from mesh.testing import around, deliver, sent
from reports.tasks import consumer
from reports.usecases import loading, rebuilding, transforming
from reports.usecases.landing import keep, landing_of
from reports.wiring import Deps

ORDERS, ROUNDS = 120, 6
LARGE, FEW, REBUILDS = 2000, 3, 8
_WAITS = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"


def test_steps_that_run_together_wait_for_each_other_in_one_order(url: str, database: Any) -> None:
    with emptied(url) as tx:
        for _ in range(ROUNDS):
            first, second = _landed(tx, database)
            _at_once(url, _transform, first, second)
            loads = [LoadLanded(first=each.first, last=each.last) for each in (first, second)]
            _at_once(url, _load, *loads)
        [[orders, amount]] = tx.execute("SELECT sum(orders), sum(refunded_amount) FROM days").fetchall()
        assert (orders, amount) == (2 * ORDERS * ROUNDS, 2 * ORDERS * ROUNDS)
        recorded = [id for told in sent(tx, SalesRecorded) for id in told.order_ids]
        assert len(recorded) == len(set(recorded)) == 2 * ORDERS * ROUNDS


def test_what_landed_together_goes_on_in_parts(url: str, database: Any) -> None:
    """However much it is, also where messages of several parts have become one range."""
    with emptied(url) as tx:
        deliver(consumer, database, Deps(None), *(order_placed() for _ in range(1200)))
        steps = sent(tx, TransformLanded)
        transforming.transform([TransformLanded(first=steps[0].first, last=steps[-1].last)], tx, "EUR")
        loads = sent(tx, LoadLanded)
        for parts in (steps, loads):
            assert [part.last - part.first + 1 for part in parts] == [500, 500, 200]
        loading.load(loads, tx)
        assert tx.execute("SELECT sum(orders) FROM days").fetchone() == (1200,)


def test_a_day_is_rebuilt_while_its_orders_keep_flowing(url: str) -> None:
    """Two flow for as long as one rebuilds. Compared each time: the next one would mend what it broke."""
    told = [_story(n) for n in range(LARGE)]
    with emptied(url) as tx, ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        _step_by_step(tx, [message for story in told for message in story.messages])
        alone, *others = (stack.enter_context(database.connect(url, "test")) for _ in range(3))
        for _ in range(REBUILDS):
            rebuilt = Event()
            rebuild = pool.submit(_rebuild, alone, rebuilt)
            for flow in [pool.submit(_flow, other, rebuilt) for other in others]:
                told += flow.result()
            rebuild.result()
            assert in_tables(tx) == wanted(told)
        recorded = [id for message in sent(tx, SalesRecorded) for id in message.order_ids]
        assert sorted(recorded) == sorted(story.placed.order_id for story in told)


def test_steps_wait_for_who_rebuilds_and_what_arrives_lands(url: str) -> None:
    """Held in its middle: it has marked what it knows, and counts all orders of the day when it goes on."""
    before, after = _story(0), _story(1)
    with emptied(url) as tx, ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        names = ("holds", "rebuilds", "flows")
        holds, rebuilds, flows = (stack.enter_context(database.connect(url, name)) for name in names)
        _step_by_step(tx, before.messages)
        with holds.transaction():
            holds.execute("SELECT 1 FROM days_by_customer FOR UPDATE")
            rebuild = pool.submit(_rebuild, rebuilds, Event())
            eventually(lambda: tx.execute(_WAITS, ("rebuilds",)).fetchone(), "the rebuild is held")
            flow = pool.submit(_step_by_step, flows, after.messages)
            eventually(lambda: tx.execute(_WAITS, ("flows",)).fetchone(), "a step waits")
            landed = tx.execute("SELECT count(*) FROM landed WHERE order_id = %s", (after.placed.order_id,))
            assert landed.fetchone() == (len(after.messages),)
        rebuild.result()
        flow.result()
        assert in_tables(tx) == wanted([before, after])


def _story(number: int) -> Story:
    """An order of a customer and of a product that nobody else has: who rebuilds has no row of theirs locked.
    Of three, one is cancelled, and one paid back in two parts."""
    line = Line(sku=f"T-{uuid4()}", name="Tea", quantity=2, unit_price=450)
    placed = order_placed(customer={"email": f"{uuid4()}@example.com"}, lines=(line,))
    known = about(placed)
    if number % 3 == 0:
        return Story(placed, [OrderCancelled(**known, at=NOW, reason=None)])
    paid = OrderPaid(**known, at=NOW)
    if number % 3 == 1:
        return Story(placed, [paid])
    back = [OrderRefunded(**known, at=NOW, amount=300, refunded=300 * n, reason=None) for n in (1, 2)]
    return Story(placed, [paid, *back])


def _rebuild(tx: Tx, rebuilt: Event) -> None:
    try:
        with tx.transaction():
            rebuilding.rebuild(NOW.date(), tx, "EUR")
    finally:
        rebuilt.set()


def _flow(tx: Tx, rebuilt: Event) -> list[Story]:
    """Orders, then what becomes of them, again and again. Returns them."""
    told: list[Story] = []
    while not rebuilt.is_set():
        stories = [_story(n) for n in range(FEW)]
        _step_by_step(tx, [story.placed for story in stories])
        _step_by_step(tx, [event for story in stories for event in story.after])
        told += stories
    return told


def _step_by_step(tx: Tx, messages: Sequence[Any]) -> None:
    """Extract, transform, load: each in a transaction of its own. No worker tries again what it raises."""
    whole = [(message, around(message)) for message in messages]
    with tx.transaction():
        keep(tx, [landing_of(message, head, head.model_dump_json()) for message, head in whole])
    ids = [head.id for _, head in whole]
    [[first, last]] = tx.execute("SELECT min(seq), max(seq) FROM landed WHERE id = ANY(%s)", (ids,))
    _transform(tx, TransformLanded(first=first, last=last))
    _load(tx, LoadLanded(first=first, last=last))


def _transform(tx: Tx, landed: TransformLanded) -> None:
    with tx.transaction():
        transforming.transform([landed], tx, "EUR")


def _load(tx: Tx, landed: LoadLanded) -> None:
    with tx.transaction():
        loading.load([landed], tx)


def _landed(tx: Tx, database: Any) -> tuple[TransformLanded, TransformLanded]:
    """Two ranges, each with orders that are paid and paid back in the other, of the same few customers."""
    halves = [order_placed() for _ in range(ORDERS)], [order_placed() for _ in range(ORDERS)]
    ranges = []
    for here, there in (halves, halves[::-1]):
        known = [(placed.placed_at, about(placed)) for placed in there]
        before = _last(tx)
        deliver(consumer, database, Deps(None), *here)
        deliver(consumer, database, Deps(None), *(OrderPaid(**of, at=at) for at, of in known))
        back = [OrderRefunded(**of, at=at, amount=1, refunded=1, reason=None) for at, of in known]
        deliver(consumer, database, Deps(None), *back)
        ranges.append(TransformLanded(first=before + 1, last=_last(tx)))
    return ranges[0], ranges[1]


def _last(tx: Tx) -> int:
    [[last]] = tx.execute("SELECT coalesce(max(seq), 0) FROM landed").fetchall()
    return int(last)


def _at_once(url: str, step: Callable[[Tx, Any], None], *ranges: Any) -> None:
    """Each on a connection of its own. Raises what any of them raises."""
    begin = Barrier(len(ranges))
    with ExitStack() as stack, ThreadPoolExecutor(len(ranges)) as pool:
        txs = [stack.enter_context(database.connect(url, "test")) for _ in ranges]

        def run(tx: Tx, at: Any) -> None:
            begin.wait()
            step(tx, at)

        list(pool.map(run, txs, ranges))
