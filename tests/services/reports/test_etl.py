"""From what arrives to the figures: whatever the order, however often, beside a calculation of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messages import NOW, about, order_placed
from stories import RATES, Figures, Story, in_tables, stories, wanted
from tables import emptied

from contracts.orders import OrderCancelled, OrderRefunded
from contracts.reports import LoadLanded, SalesRecorded, TransformLanded
from mesh import Database, testing
from mesh.database import Tx
from mesh.testing import around, sent
from reports.domain import DIGITS
from reports.store import rates
from reports.tasks import consumer
from reports.usecases import rebuilding
from reports.wiring import Deps

DAYS = [date(2026, 3, 27) + timedelta(n) for n in range(7)]
# `ground` empties the tables for each example.
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Threads of connection pools use it, and hypothesis takes them for its strategies.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module inside strategies:hypothesis.errors.HypothesisDeprecationWarning"
)


@pytest.fixture
def ground(url: str, database: Database) -> Callable[[], Any]:
    """Empty tables, for each example."""
    with database.connection():
        pass  # a pool's thread makes up how long its connection lives: while nothing is made up here

    @contextmanager
    def fresh() -> Iterator[Ground]:
        with emptied(url) as tx:
            yield Ground(database, tx)

    return fresh


class Ground:
    """The service, with nothing around it."""

    def __init__(self, database: Database, tx: Tx) -> None:
        self.database, self.tx, self.said_at = database, tx, NOW

    def deliver(self, *messages: Any) -> None:
        testing.deliver(consumer, self.database, Deps(None), *messages)

    def settle(self) -> None:
        testing.settle(consumer, self.database, Deps(None), self.tx)

    def publish(self, published: Any) -> set[date]:
        """Returns the days on which amounts are others than before."""
        self.said_at += timedelta(1)
        rates.keep(self.tx, published, self.said_at)
        known = rates.span(self.tx)
        return rates.convert(self.tx, "EUR", DIGITS, known) if known else set()

    def rebuild(self, *days: date) -> None:
        for day in days:
            with self.tx.transaction():
                rebuilding.rebuild(day, self.tx, "EUR")

    def figures(self) -> dict[str, Figures]:
        return in_tables(self.tx)


def arrive(ground: Ground, told: Sequence[Story], chance: Random) -> None:
    """In any order, in batches, some of it twice, and the steps now and then."""
    envelopes = [around(message) for story in told for message in story.messages]
    envelopes += chance.sample(envelopes, k=len(envelopes) // 3)
    chance.shuffle(envelopes)
    while envelopes:
        most = chance.randint(1, 5)
        batch, envelopes = envelopes[:most], envelopes[most:]
        ground.deliver(*batch)
        if chance.random() < 0.3:
            ground.settle()
    ground.settle()


many = st.lists(stories(), max_size=8, unique_by=lambda story: story.placed.order_id)


@FEW
@given(told=many, seed=st.integers())
def test_whatever_the_order_the_figures_are_right(ground: Any, told: list[Story], seed: int) -> None:
    with ground() as here:
        here.publish(RATES)
        arrive(here, told, Random(seed))
        assert here.figures() == wanted(told)
        recorded = [id for message in sent(here.tx, SalesRecorded) for id in message.order_ids]
        assert sorted(recorded) == sorted(story.placed.order_id for story in told)


@FEW
@given(told=many, seed=st.integers())
def test_to_rebuild_gives_the_same(ground: Any, told: list[Story], seed: int) -> None:
    with ground() as here:
        here.publish(RATES)
        arrive(here, told, Random(seed))
        here.rebuild(*DAYS)
        assert here.figures() == wanted(told)
        here.tx.execute("UPDATE days SET orders = orders + 1, revenue = revenue - 1")
        here.tx.execute("TRUNCATE orders, refunds, hours, days_by_product")
        here.rebuild(*DAYS)
        assert here.figures() == wanted(told)


@FEW
@given(told=many, seed=st.integers())
def test_rates_may_come_late(ground: Any, told: list[Story], seed: int) -> None:
    with ground() as here:
        half = len(told) // 2
        arrive(here, told[:half], Random(seed))
        assert here.figures() == wanted(told[:half], {})
        here.publish({date(2026, 3, 27): RATES[date(2026, 3, 27)]})
        arrive(here, told[half:], Random(seed))
        here.publish(RATES)
        here.rebuild(*DAYS)
        assert here.figures() == wanted(told)


def test_steps_that_come_again_change_nothing(ground: Any) -> None:
    with ground() as here:
        here.deliver(order_placed(), order_placed())
        [transform] = sent(here.tx, TransformLanded)
        here.settle()
        before = here.figures()
        here.deliver(transform, transform)
        here.deliver(LoadLanded(first=transform.first, last=transform.last))
        here.settle()
        assert here.figures() == before
        assert len([i for told in sent(here.tx, SalesRecorded) for i in told.order_ids]) == 2


def test_what_is_rebuilt_before_it_was_loaded_is_told_all_the_same(ground: Any) -> None:
    with ground() as here:
        placed = order_placed()
        here.deliver(placed)
        here.rebuild(placed.placed_at.date())
        assert [told.order_ids for told in sent(here.tx, SalesRecorded)] == [(placed.order_id,)]
        here.settle()
        assert len(sent(here.tx, SalesRecorded)) == 1
        assert here.figures()["days"][placed.placed_at.date(), "", "EUR"]["orders"] == 1


def test_what_facts_take_can_be_taken_anew(ground: Any) -> None:
    """From the envelopes, where a build of before took the wrong thing."""
    placed = order_placed()
    with ground() as here:
        here.deliver(placed)
        here.settle()
        before = here.figures()
        here.tx.execute("""UPDATE landed SET said = jsonb_set(said, '{total}', '1')""")
        day = placed.placed_at.date()
        here.rebuild(day)
        assert here.figures() != before
        with here.tx.transaction():
            assert rebuilding.reread(day, here.tx) == 1
        here.rebuild(day)
        assert here.figures() == before


def test_a_cancellation_that_was_none_leaves_the_figures(ground: Any) -> None:
    placed = order_placed()
    cancelled = OrderCancelled(**about(placed), at=placed.placed_at, reason=None)
    with ground() as here:
        here.deliver(placed)
        here.settle()
        before = here.figures()
        here.deliver(cancelled)
        here.settle()
        here.tx.execute("DELETE FROM landed WHERE name = 'orders.order_cancelled'")
        here.rebuild(placed.placed_at.date())
        assert here.figures() == before
        here.deliver(around(cancelled))
        here.settle()
        assert here.figures()["days"][placed.placed_at.date(), "", "EUR"]["cancelled"] == 1


def test_the_landing_table_keeps_what_this_build_does_not_know(ground: Any) -> None:
    with ground() as here:
        envelope = around(order_placed())
        newer = envelope.model_copy(update={"data": {**envelope.data, "gift": {"wrapped": True}}})
        here.deliver(newer)
        [[kept]] = here.tx.execute("SELECT envelope FROM landed").fetchall()
        assert kept["data"]["gift"] == {"wrapped": True}
        assert kept["id"] == str(envelope.id)


def test_a_cancellation_and_a_refund_may_come_before_their_order(ground: Any) -> None:
    placed = order_placed(currency="EUR")
    known = about(placed)
    after = placed.placed_at + timedelta(days=1)
    with ground() as here:
        here.deliver(OrderCancelled(**known, at=after, reason=None))
        here.deliver(OrderRefunded(**known, at=after, amount=300, refunded=300, reason="late"))
        here.settle()
        day = here.figures()["days"]
        assert day == {
            (after.date(), "", "EUR"): Counter(refunds=1, refunded_revenue=300, refunded_amount=300)
        }
        here.deliver(placed)
        here.settle()
        assert here.figures()["days"][placed.placed_at.date(), "", "EUR"]["cancelled_amount"] == 900
