"""Steps that run at the same time, as those of several workers: nobody waits in a circle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

from messages import about, order_placed
from tables import emptied

from contracts.orders import OrderPaid, OrderRefunded
from contracts.reports import LoadLanded, SalesRecorded, TransformLanded
from mesh import Tx, database
from mesh.testing import deliver, sent
from reports.tasks import consumer
from reports.usecases import loading, transforming
from reports.wiring import Deps

ORDERS, ROUNDS = 120, 6


def test_steps_that_run_together_wait_for_each_other_in_one_order(url: str, database: Any) -> None:
    with emptied(url) as tx:
        for _ in range(ROUNDS):
            first, second = _landed(tx, database)
            _at_once(url, lambda tx, at: transforming.transform([at], tx, "EUR"), first, second)
            loads = [LoadLanded(first=each.first, last=each.last) for each in (first, second)]
            _at_once(url, lambda tx, at: loading.load([at], tx), *loads)
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
    """Each in a transaction of its own, on a connection of its own. Raises what any of them raises."""
    begin = Barrier(len(ranges))
    with ExitStack() as stack, ThreadPoolExecutor(len(ranges)) as pool:
        txs = [stack.enter_context(database.connect(url, "test")) for _ in ranges]

        def run(tx: Tx, at: Any) -> None:
            begin.wait()
            with tx.transaction():
                step(tx, at)

        list(pool.map(run, txs, ranges))
