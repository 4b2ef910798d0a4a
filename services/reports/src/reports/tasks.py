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
    GatherSection,
    LoadLanded,
    LookAfterReport,
    MakeReport,
    NoteBrokenReport,
    NoteFlow,
    ReconcileDay,
    RecountDay,
    RemoveSchedule,
    RevokeReport,
    RunSchedule,
    RunScheduleNow,
    Section,
    SetSchedule,
    TakeFiles,
    TransformLanded,
    TransformRates,
    WriteReport,
    WriteStatements,
    Written,
)
from mesh import Consumer, Effect, Tx
from reports.sources.fetching import Fetched, NotModified
from reports.usecases import (
    landing,
    loading,
    making,
    operating,
    quoting,
    rebuilding,
    reconciling,
    scheduling,
    taking,
    transforming,
)
from reports.wiring import Deps

consumer = Consumer[Deps]("reports")
WAITING = 600.0
"""Seconds: steps wait while a day is rebuilt, and who rebuilds one for those that are under way."""


_EVENTS: tuple[type[landing.Event], ...] = (
    OrderPlaced,
    OrderPaid,
    OrderShipped,
    OrderDelivered,
    OrderCancelled,
    OrderExpired,
    OrderRefunded,
)


@consumer.handles(*_EVENTS, batch=500)
def events_of_orders(messages: Sequence[landing.Event], tx: Tx, deps: Deps) -> None:
    landing.land(messages, tx)


@consumer.handles(TransformLanded, batch=20, time_limit=WAITING)
def transform_landed(messages: Sequence[TransformLanded], tx: Tx, deps: Deps) -> None:
    transforming.transform(messages, tx, deps.reporting)


@consumer.handles(LoadLanded, batch=20, time_limit=WAITING)
def load_landed(messages: Sequence[LoadLanded], tx: Tx, deps: Deps) -> None:
    loading.load(messages, tx)


@consumer.handles(RecountDay, time_limit=WAITING)
def recount_day(message: RecountDay, tx: Tx, deps: Deps) -> None:
    rebuilding.rebuild(message.day, tx, deps.reporting)


@consumer.handles(FetchRates, time_limit=120)
def fetch_rates(message: FetchRates, tx: Tx, deps: Deps) -> Effect[Fetched | NotModified] | None:
    return quoting.fetch(message, tx, deps.rates)


@consumer.handles(TransformRates, time_limit=WAITING)
def transform_rates(message: TransformRates, tx: Tx, deps: Deps) -> None:
    quoting.transform(message.digest, tx, deps.reporting)


@consumer.handles(TakeFiles, time_limit=900)
def take_files(message: TakeFiles, tx: Tx, deps: Deps) -> Effect[None] | None:
    return taking.look(deps.counter)


@consumer.handles(ReconcileDay, time_limit=600)
def reconcile_day(message: ReconcileDay, tx: Tx, deps: Deps) -> Effect[reconciling.Placed] | None:
    return reconciling.reconcile(message.day, deps.shops)


@consumer.handles(NoteFlow, batch=100)
def note_flow(messages: Sequence[NoteFlow], tx: Tx, deps: Deps) -> None:
    operating.note(messages, tx)


@consumer.handles(MakeReport, failed=making.tell_failure)
def make_report(message: MakeReport, tx: Tx, deps: Deps) -> None:
    deps.refuse_without_places()
    making.make_report(message, tx)


@consumer.handles(GatherSection, time_limit=120, failed=making.tell_failure)
def gather_section(message: GatherSection, tx: Tx, deps: Deps) -> Section:
    return making.gather_section(message, tx, deps.store, deps.reporting)


@consumer.handles(WriteStatements, time_limit=300, failed=making.tell_failure)
def write_statements(message: WriteStatements, tx: Tx, deps: Deps) -> None:
    making.write_statements(message, tx, deps.store)


@consumer.handles(WriteReport, time_limit=600, failed=making.tell_failure)
def write_report(message: WriteReport, tx: Tx, deps: Deps) -> Written:
    return making.write_report(message, tx, deps.store, deps.reporting)


@consumer.handles(LookAfterReport)
def look_after_report(message: LookAfterReport, tx: Tx, deps: Deps) -> None:
    making.look_after(message.report_id, tx)


@consumer.handles(NoteBrokenReport)
def note_broken_report(message: NoteBrokenReport, tx: Tx, deps: Deps) -> None:
    making.note_broken(message, tx)


@consumer.handles(RevokeReport)
def revoke_report(message: RevokeReport, tx: Tx, deps: Deps) -> Effect[None] | None:
    making.revoke_report(message.report_id, tx)
    return deps.calling_off(message.report_id)


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
