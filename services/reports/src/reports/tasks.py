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
    FetchRates,
    LoadLanded,
    MakeReport,
    ReconcileDay,
    RecountDay,
    RemoveSchedule,
    RevokeReport,
    RunSchedule,
    RunScheduleNow,
    SetSchedule,
    TakeFiles,
    TransformLanded,
    TransformRates,
)
from mesh import Consumer, Effect, Tx
from reports.sources.fetching import Fetched, NotModified
from reports.sources.orders_api import Order
from reports.usecases import (
    landing,
    loading,
    making,
    quoting,
    rebuilding,
    reconciling,
    scheduling,
    taking,
    transforming,
)
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


@consumer.handles(RecountDay, time_limit=600)
def recount_day(message: RecountDay, tx: Tx, deps: Deps) -> None:
    rebuilding.rebuild(message.day, tx, deps.reporting)


@consumer.handles(FetchRates, time_limit=120)
def fetch_rates(message: FetchRates, tx: Tx, deps: Deps) -> Effect[Fetched | NotModified] | None:
    return quoting.fetch(message, tx, deps.rates)


@consumer.handles(TransformRates, time_limit=600)
def transform_rates(message: TransformRates, tx: Tx, deps: Deps) -> None:
    quoting.transform(message.digest, tx, deps.reporting)


@consumer.handles(TakeFiles, time_limit=900)
def take_files(message: TakeFiles, tx: Tx, deps: Deps) -> Effect[None] | None:
    return taking.look(deps.counter)


@consumer.handles(ReconcileDay, time_limit=600)
def reconcile_day(message: ReconcileDay, tx: Tx, deps: Deps) -> Effect[list[Order]] | None:
    return reconciling.reconcile(message.day, deps.shops)


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
