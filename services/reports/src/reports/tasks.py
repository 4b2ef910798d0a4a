"""The messages that reports takes."""

from collections.abc import Sequence

from contracts.orders import (
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
)
from contracts.reports import (
    LoadLanded,
    MakeReport,
    RemoveSchedule,
    RevokeReport,
    RunSchedule,
    RunScheduleNow,
    SetSchedule,
    TransformLanded,
)
from mesh import Consumer, Tx
from reports.usecases import landing, loading, making, scheduling, transforming
from reports.wiring import Deps

consumer = Consumer[Deps]("reports")


@consumer.handles(OrderPlaced, batch=500)
def orders_placed(messages: Sequence[OrderPlaced], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderPaid, batch=500)
def orders_paid(messages: Sequence[OrderPaid], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderShipped, batch=500)
def orders_shipped(messages: Sequence[OrderShipped], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderDelivered, batch=500)
def orders_delivered(messages: Sequence[OrderDelivered], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderCancelled, batch=500)
def orders_cancelled(messages: Sequence[OrderCancelled], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderExpired, batch=500)
def orders_expired(messages: Sequence[OrderExpired], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(OrderRefunded, batch=500)
def orders_refunded(messages: Sequence[OrderRefunded], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(TransformLanded, batch=20)
def transform_landed(messages: Sequence[TransformLanded], tx: Tx, deps: Deps) -> None:
    transforming.transform(messages, tx, deps.reporting)


@consumer.handles(LoadLanded, batch=20)
def load_landed(messages: Sequence[LoadLanded], tx: Tx, deps: Deps) -> None:
    loading.load(messages, tx)


@consumer.handles(MakeReport, time_limit=120, failed=making.tell_failure)
def make_report(message: MakeReport, tx: Tx, deps: Deps) -> None:
    making.make_report(message, tx, deps.files, deps.reporting)


@consumer.handles(RevokeReport)
def revoke_report(message: RevokeReport, tx: Tx, deps: Deps) -> None:
    making.revoke_report(message.report_id, tx)


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
