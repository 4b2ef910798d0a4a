"""The messages that reports takes."""

from collections.abc import Sequence

from contracts.orders import OrderPlaced
from contracts.reports import MakeReport, RevokeReport
from mesh import Consumer, Tx
from reports import usecases
from reports.wiring import Deps

consumer = Consumer[Deps]("reports")


@consumer.handles(OrderPlaced, batch=500)
def orders_placed(messages: Sequence[OrderPlaced], tx: Tx, deps: Deps) -> None:
    usecases.record_sales(messages, tx)


@consumer.handles(MakeReport, time_limit=120, failed=usecases.tell_failure)
def make_report(message: MakeReport, tx: Tx, deps: Deps) -> None:
    usecases.make_report(message, tx, deps.files)


@consumer.handles(RevokeReport)
def revoke_report(message: RevokeReport, tx: Tx, deps: Deps) -> None:
    usecases.revoke_report(message.report_id, tx)
