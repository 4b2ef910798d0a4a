"""Schedules of reports: kept here to be shown, and told to reports, which sees to them."""

from datetime import UTC, datetime, timedelta

from contracts import uuid7
from contracts.reports import (
    Plan,
    RemoveSchedule,
    RunScheduleNow,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SetSchedule,
)
from contracts.timing import Timing
from mesh import AsyncTx, Tx, outbox, recurrence
from mesh.recurrence import Unfit
from orders.domain import Target, Unknown
from orders.schedules import MOST_SCHEDULES, NeverDue, Schedule, TooManySchedules
from orders.store import schedules
from orders.store.schedules import Word

_TICK = timedelta(microseconds=1)


async def add(
    account: str, tx: AsyncTx, *, name: str, timing: Timing, plan: Plan, missed: str, paused: bool
) -> Schedule:
    """Raises NeverDue and TooManySchedules."""
    said = SetSchedule.model_validate(
        {
            "schedule_id": uuid7(),
            "account": account,
            "said_at": _now(),
            "name": name,
            "timing": timing,
            "missed": missed,
            "paused": paused,
            "plan": plan,
        }
    )
    try:
        recurrence.refuse_unfit(timing, said.said_at)
    except Unfit as unfit:
        raise NeverDue(f"{str(unfit)[:1].upper()}{str(unfit)[1:]}.") from None
    if await schedules.count(tx, account) >= MOST_SCHEDULES:
        raise TooManySchedules
    return await _say(said, tx)


async def pause(target: Target, tx: AsyncTx, *, paused: bool) -> Schedule:
    """Or go on, with what falls due from now on. Raises Unknown and Stale."""
    before = await _locked(target, tx)
    if before.said.paused == paused:
        return before
    at = max(_now(), before.said.said_at + _TICK)  # later than what was said, whatever clocks show
    return await _say(before.said.model_copy(update={"paused": paused, "said_at": at}), tx)


async def remove(target: Target, tx: AsyncTx) -> None:
    """For good. Raises Unknown and Stale."""
    await _locked(target, tx)
    said = RemoveSchedule(schedule_id=target.id, account=target.account, removed_at=_now())
    await schedules.remove(tx, target.id, target.account, said.removed_at)
    await outbox.put(tx, said)


async def run(target: Target, tx: AsyncTx) -> Schedule:
    """Have its report made now, paused or not. Raises Unknown and Stale."""
    found = await _locked(target, tx)
    await outbox.put(tx, RunScheduleNow(schedule_id=target.id, account=target.account, asked_at=_now()))
    return found


async def known(target: Target, tx: AsyncTx) -> Schedule:
    """In whatever version. Raises Unknown."""
    return _there(await schedules.find(tx, target.account, target.id))


def note_changed(told: ScheduleChanged, tx: Tx) -> None:
    """What the API said, taken over; or what somebody said at reports. Not those of all accounts."""
    if told.account is not None:
        said = SetSchedule.model_validate(told.model_dump(exclude={"next_due_at"}))
        schedules.told(tx, Word(said, told.next_due_at, confirmed=True))


def note_removed(told: ScheduleRemoved, tx: Tx) -> None:
    if told.account is not None:
        schedules.told_removed(tx, told.schedule_id, told.account, told.removed_at)


def note_fired(told: ScheduleFired, tx: Tx) -> None:
    if told.account is not None:
        schedules.fired(tx, told)


async def _locked(target: Target, tx: AsyncTx) -> Schedule:
    found = _there(await schedules.lock(tx, target.account, target.id))
    target.refuse_other(found.version, "schedule")
    return found


def _there(found: Schedule | None) -> Schedule:
    if found is None:
        raise Unknown("schedule")
    return found


async def _say(said: SetSchedule, tx: AsyncTx) -> Schedule:
    due = None if said.paused else recurrence.after(said.timing, said.said_at)
    await outbox.put(tx, said)
    return await schedules.put(tx, Word(said, due, confirmed=False))


def _now() -> datetime:
    return datetime.now(UTC)
