"""Schedules: what people say of them, what falls due, and what is made then.

Each function gets a transaction and leaves the commit to its caller.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from contracts.emails import Recipient
from contracts.reports import (
    MakeReport,
    Missed,
    Plan,
    RemoveSchedule,
    RunSchedule,
    RunScheduleNow,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SetSchedule,
)
from contracts.timing import Timing
from mesh import Reject, Tx, outbox, recurrence
from mesh.recurrence import Unfit
from mesh.ticks import Due
from reports import schedules
from reports.store import schedules as stored
from reports.store.schedules import Row
from reports.usecases.planning import STATEMENTS

log = structlog.get_logger(__name__)

_AT_ONCE = 100  # missed times that are made up for in one transaction
_TICK = timedelta(microseconds=1)


def obey(said: SetSchedule, tx: Tx) -> None:
    """The same for a word that came from elsewhere. Raises Reject."""
    try:
        put(said, tx)
    except Unfit as unfit:
        raise Reject(str(unfit)) from None


def put(said: SetSchedule, tx: Tx) -> None:
    """Have a schedule be so from now on, if nothing later was said of it, and it is not removed.

    Raises Unfit, and Reject for somebody else's.
    """
    before = _locked(said.schedule_id, said.account, tx)
    if before and (before.removed_at or said.said_at <= before.said_at):
        return
    refuse_unfit(said)
    due = _due(before, said)
    stored.put(tx, said, due)
    outbox.put(tx, ScheduleChanged(**said.model_dump(), next_due_at=due))


def remove(said: RemoveSchedule, tx: Tx) -> None:
    """Nothing more falls due, whatever is said of it later, or was said before and comes later."""
    before = _locked(said.schedule_id, said.account, tx)
    if before and before.removed_at:
        return
    stored.remove(tx, said.schedule_id, said.account, said.removed_at, never_forget=schedules.FIRST)
    outbox.put(tx, ScheduleRemoved(**said.model_dump()))


def begin(merchant: Recipient, zone: str, tx: Tx) -> None:
    """Yesterday's sales at eight, to the merchant: once, and never again after somebody removed it."""
    stored.alone(tx, schedules.FIRST)
    if stored.find(tx, schedules.FIRST):
        return
    plan = Plan(
        kind="daily_sales",
        format="pdf",
        locale=merchant.locale,
        period="yesterday",
        recipients=(merchant,),
        by="attachment",
    )
    said = SetSchedule(
        schedule_id=schedules.FIRST,
        account=None,
        said_at=now(),
        name="Yesterday's sales",
        timing=Timing(cron="0 8 * * *", zone=zone),
        missed="once",
        paused=False,
        plan=plan,
    )
    put(said, tx)


def upcoming(tx: Tx) -> dict[UUID, Due]:
    """When each schedule falls due next."""
    return {id: Due(at, RunSchedule) for id, at in stored.upcoming(tx)}


def fire(tx: Tx, id: UUID, at: datetime) -> datetime | None:
    """Send off what is due, and tell when it falls due next. None: never more, as things stand."""
    stored.alone(tx, id)
    row = stored.find(tx, id)
    if row is None or row.next_due_at is None or row.next_due_at > at:
        return row and row.next_due_at
    said = word(row)
    due = owed(said.timing, said.missed, row.next_due_at, at)
    ticks = (RunSchedule(schedule_id=id, due_at=each) for each in due)
    outbox.put(tx, *(outbox.seal(tick, schedules.tick_id(id, tick.due_at)) for tick in ticks))
    following = recurrence.after(said.timing, due[-1])
    stored.move(tx, id, following, due[-1])
    late = round((at - due[0]).total_seconds(), 3)
    log.info("schedule.fired", schedule_id=str(id), due_at=due[0].isoformat(), times=len(due), late=late)
    return following


def run(id: UUID, due_at: datetime, tx: Tx, *, asked: bool = False) -> UUID | None:
    """Have the report made that falls due then, and tell of it. Returns its id.

    None: there is no such schedule any more, or it is paused; `asked`: paused or not, somebody wants it.
    """
    row = stored.find(tx, id)
    if row is None or row.removed_at:
        return None
    said = word(row)
    if said.paused and not asked:
        return None
    wanted = _report(said, due_at)
    outbox.put(tx, outbox.seal(wanted, uuid5(wanted.report_id, "reports.make_report")))
    told = ScheduleFired(
        schedule_id=id,
        account=row.account,
        due_at=due_at,
        fired_at=now(),
        report_id=wanted.report_id,
        next_due_at=row.next_due_at,
    )
    outbox.put(tx, told)
    return wanted.report_id


def run_now(asked: RunScheduleNow, tx: Tx) -> None:
    """The same for who asks for it from elsewhere. Raises Reject for somebody else's."""
    row = stored.find(tx, asked.schedule_id)
    if row and row.account != asked.account:
        raise Reject(f"schedule {asked.schedule_id} is of another account")
    run(asked.schedule_id, asked.asked_at, tx, asked=True)


def refuse_unfit(said: SetSchedule) -> None:
    """Raises Unfit."""
    recurrence.refuse_unfit(said.timing, said.said_at)
    for wrong, why in _faults(said.plan, said.account):
        if wrong:
            raise Unfit(why)


def word(row: Row) -> SetSchedule:
    """What holds of a schedule that is not removed."""
    beside = {"schedule_id": row.id, "account": row.account, "said_at": row.said_at}
    return SetSchedule.read({**(row.said or {}), **beside})


def next_word(row: Row) -> datetime:
    """The time to say something of it now: later than what was said, whatever others' clocks show."""
    return max(now(), row.said_at + _TICK)


def owed(timing: Timing, missed: Missed, first: datetime, at: datetime) -> list[datetime]:
    """Of the times that have come since the first one that was not sent off, those that are to be."""
    if missed == "each":
        return recurrence.between(timing, first, at, _AT_ONCE)
    return [recurrence.latest(timing, first, at)]


def now() -> datetime:
    return datetime.now(UTC)


def _locked(id: UUID, account: str | None, tx: Tx) -> Row | None:
    """Raises Reject for somebody else's."""
    stored.alone(tx, id)
    row = stored.find(tx, id)
    if row and row.account != account:
        raise Reject(f"schedule {id} is of another account")
    return row


def _due(before: Row | None, said: SetSchedule) -> datetime | None:
    """When it falls due next: what is due stays due, unless times have changed or it was paused."""
    if said.paused:
        return None
    if before and before.next_due_at and word(before).timing == said.timing:
        return before.next_due_at
    return recurrence.after(said.timing, said.said_at)


def _report(said: SetSchedule, due_at: datetime) -> MakeReport:
    plan = said.plan
    first, last = schedules.days(plan.period, due_at, recurrence.zone(said.timing.zone))
    return MakeReport(
        report_id=schedules.report_id(said.schedule_id, due_at),
        account=said.account,
        kind=plan.kind,
        format=plan.format,
        first_day=first,
        last_day=last,
        locale=plan.locale,
        customer=plan.customer,
        deliver_to=plan.recipients,
        by=plan.by,
        each_by=plan.each_by,
    )


def _faults(plan: Plan, account: str | None) -> Iterator[tuple[Any, str]]:
    most = schedules.MOST_RECIPIENTS
    statement = plan.kind == "customer_statement"
    whole = plan.kind == "operations"
    yield whole and account is not None, "operations are of the whole mesh, and of no account"
    yield not plan.recipients, "say who gets the report"
    yield len(plan.recipients) > most, f"a report goes to {most} people at the most"
    yield statement and not plan.customer, "a customer_statement is of a customer: say whose"
    yield plan.customer and not statement, f"{plan.kind} is about no customer in particular"
    yield plan.each_by and plan.kind != STATEMENTS, f"{plan.kind} is nothing that each customer has"
