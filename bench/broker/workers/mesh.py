"""The mesh: `python -m bench.broker.workers.mesh one|batch|bare-one|bare-batch worker|relay|migrate`.

A service like any other, with one handler. The bare ones go without inbox and transaction.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from bench.broker.order import NAME, check
from bench.broker.tally import Tally, mine
from contracts import Command, contract
from contracts.message import Currency, Email, Value
from mesh import Consumer, Service, Settings, Tx
from mesh.cli import service_cli

SERVICE = "bench"
QUEUE = "bench.v1"
BATCH = 500


class Line(Value):
    sku: str
    quantity: int
    unit_price: int


@contract(NAME, version=1)
class TakeOrder(Command):
    """A command, so that its sender declares the queue before any worker runs."""

    number: int
    order_id: UUID
    email: Email
    currency: Currency
    lines: tuple[Line, ...]
    total: int


def take(order: TakeOrder, tally: Tally) -> None:
    amounts = (line.quantity * line.unit_price for line in order.lines)
    check(order.number, order.currency, order.total, amounts)
    tally.note(order.number)


def take_one(order: TakeOrder, tx: Tx, tally: Tally) -> None:
    take(order, tally)


def take_many(orders: Sequence[TakeOrder], tx: Tx, tally: Tally) -> None:
    for order in orders:
        take(order, tally)


def take_many_bare(orders: Sequence[TakeOrder], tally: Tally) -> None:
    for order in orders:
        take(order, tally)


def one(consumer: Consumer[Tally]) -> None:
    consumer.handles(TakeOrder)(take_one)


def batch(consumer: Consumer[Tally]) -> None:
    consumer.handles(TakeOrder, batch=BATCH)(take_many)


def bare_one(consumer: Consumer[Tally]) -> None:
    consumer.handles(TakeOrder, inbox=False)(take)


def bare_batch(consumer: Consumer[Tally]) -> None:
    consumer.handles(TakeOrder, inbox=False, batch=BATCH)(take_many_bare)


KINDS: dict[str, Callable[[Consumer[Tally]], None]] = {
    "one": one,
    "batch": batch,
    "bare-one": bare_one,
    "bare-batch": bare_batch,
}


@contextmanager
def wiring(settings: Settings) -> Iterator[Tally]:
    yield mine()


def service(kind: str) -> Service[Settings]:
    """The service with a handler of that kind."""
    consumer = Consumer[Tally](SERVICE)
    KINDS[kind](consumer)
    return Service(
        consumer=consumer,
        settings=Settings,
        wiring=wiring,
        migrations="bench.broker.workers.migrations",
        build="bench",
    )


if __name__ == "__main__":
    service_cli(service(sys.argv[1]))(sys.argv[2:])
