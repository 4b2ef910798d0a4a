"""Schedules of reports: kept here to be shown, and told to reports, which sees to them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

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
from orders.domain import Unknown
from orders.schedules import MOST_SCHEDULES, NeverDue, Schedule, StaleSchedule, TooManySchedules
from orders.store import schedules
from orders.store.schedules import Word

_TICK = timedelta(microseconds=1)

Versions = Collection[int] | None
"""Those that the client means. None: whichever there is."""


async def add(
    account: str, tx: AsyncTx, *, name: str, timing: Timing, plan: Plan, missed: str, paused: bool
) -> Schedule:
    """Raises NeverDue and TooManySchedules."""
    if await schedules.count(tx, account) >= MOST_SCHEDULES:
        raise TooManySchedules
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
    return await _say(said, tx)


async def pause(account: str, id: UUID, versions: Versions, tx: AsyncTx, *, paused: bool) -> Schedule:
    """Or go on, with what falls due from now on. Raises Unknown and StaleSchedule."""
    before = await _locked(account, id, versions, tx)
    if before.said.paused == paused:
        return before
    at = max(_now(), before.said.said_at + _TICK)  # later than what was said, whatever clocks show
    return await _say(before.said.model_copy(update={"paused": paused, "said_at": at}), tx)


async def remove(account: str, id: UUID, versions: Versions, tx: AsyncTx) -> None:
    """For good. Raises Unknown and StaleSchedule."""
    await _locked(account, id, versions, tx)
    said = RemoveSchedule(schedule_id=id, account=account, removed_at=_now())
    await schedules.remove(tx, id, account, said.removed_at)
    await outbox.put(tx, said)


async def run(account: str, id: UUID, versions: Versions, tx: AsyncTx) -> Schedule:
    """Have its report made now, paused or not. Raises Unknown and StaleSchedule."""
    found = await _locked(account, id, versions, tx)
    await outbox.put(tx, RunScheduleNow(schedule_id=id, account=account, asked_at=_now()))
    return found


async def known(account: str, id: UUID, tx: AsyncTx) -> Schedule:
    """Raises Unknown."""
    found = await schedules.find(tx, account, id)
    if found is None:
        raise Unknown("schedule")
    return found


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


async def _locked(account: str, id: UUID, versions: Versions, tx: AsyncTx) -> Schedule:
    found = await schedules.lock(tx, account, id)
    if found is None:
        raise Unknown("schedule")
    if versions is not None and found.version not in versions:
        raise StaleSchedule(found.version)
    return found


async def _say(said: SetSchedule, tx: AsyncTx) -> Schedule:
    due = None if said.paused else recurrence.after(said.timing, said.said_at)
    await schedules.put(tx, Word(said, due, confirmed=False))
    await outbox.put(tx, said)
    return await known(str(said.account), said.schedule_id, tx)


def _now() -> datetime:
    return datetime.now(UTC)
