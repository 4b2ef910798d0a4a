"""The messages that reports takes."""

from collections.abc import Sequence

from contracts.orders import OrderPlaced
from contracts.reports import (
    MakeReport,
    RemoveSchedule,
    RevokeReport,
    RunSchedule,
    RunScheduleNow,
    SetSchedule,
)
from mesh import Consumer, Tx
from reports import scheduling, usecases
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


@consumer.handles(SetSchedule)
def set_schedule(message: SetSchedule, tx: Tx, deps: Deps) -> None:
    scheduling.obey(message, tx)


@consumer.handles(RemoveSchedule)
def remove_schedule(message: RemoveSchedule, tx: Tx, deps: Deps) -> None:
    scheduling.remove(message, tx)


@consumer.handles(RunSchedule)
def run_schedule(message: RunSchedule, tx: Tx, deps: Deps) -> None:
    scheduling.run(message.schedule_id, message.due_at, tx)


@consumer.handles(RunScheduleNow)
def run_schedule_now(message: RunScheduleNow, tx: Tx, deps: Deps) -> None:
    scheduling.run_now(message, tx)
