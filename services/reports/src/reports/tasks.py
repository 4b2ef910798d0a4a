"""The messages that reports takes."""

from collections.abc import Sequence

from contracts.orders import OrderPlaced
from mesh import Consumer, Tx
from reports import usecases
from reports.wiring import Deps

consumer = Consumer[Deps]("reports")


@consumer.handles(OrderPlaced, batch=500)
def orders_placed(messages: Sequence[OrderPlaced], tx: Tx, deps: Deps) -> None:
    usecases.record_sales(messages, tx)
