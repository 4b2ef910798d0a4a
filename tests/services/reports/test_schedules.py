"""Schedules: the latest word holds, what is removed stays so, and what falls due becomes a report."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import dead
from planned import MARY, a_schedule

from contracts import Envelope
from contracts.emails import Recipient
from contracts.reports import (
    MakeReport,
    RemoveSchedule,
    RunSchedule,
    RunScheduleNow,
    ScheduleChanged,
    ScheduleFired,
    ScheduleRemoved,
    SetSchedule,
)
from contracts.timing import Timing
from mesh import outbox
from mesh.canvas.nodes import all_steps
from mesh.testing import TESTER, sent
from reports import schedules
from reports.schedules import days
from reports.store import asked
from reports.store import schedules as stored
from reports.usecases import planning, scheduling

Deliver = Callable[..., None]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
SAID = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EIGHT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # in Berlin


def said(**changes: Any) -> SetSchedule:
    return a_schedule(**{"said_at": SAID} | changes)


def removed(schedule: SetSchedule, at: datetime = SAID) -> RemoveSchedule:
    return RemoveSchedule(schedule_id=schedule.schedule_id, account=schedule.account, removed_at=at)


def fire(tx: Any, schedule: SetSchedule, at: datetime) -> datetime | None:
    with tx.transaction():
        return scheduling.fire(tx, schedule.schedule_id, at)


def due(tx: Any) -> list[datetime]:
    return [tick.due_at for tick in sent(tx, RunSchedule)]


def test_a_schedule_is_kept_and_told(deliver: Deliver, tx: Any) -> None:
    schedule = said(account="ada")
    deliver(schedule)
    [row] = stored.listed(tx)
    assert (scheduling.word(row), row.next_due_at) == (schedule, EIGHT)
    [told] = sent(tx, ScheduleChanged)
    assert (told.account, told.timing, told.next_due_at) == ("ada", schedule.timing, EIGHT)


def test_the_latest_word_holds_in_whatever_order_they_come(deliver: Deliver, tx: Any) -> None:
    for order in permutations(range(3)):
        schedule = said()
        times = {n: SAID + timedelta(seconds=n) for n in order}
        words = [schedule.model_copy(update={"name": str(n), "said_at": at}) for n, at in times.items()]
        deliver(*words)
        deliver(*words[::-1])
        row = stored.find(tx, schedule.schedule_id)
        assert row
        assert scheduling.word(row).name == "2"


def test_what_is_removed_does_not_come_back(deliver: Deliver, tx: Any) -> None:
    for word in (said(), said(said_at=SAID + timedelta(days=1))):  # also what is said later
        deliver(removed(word))
        deliver(word)
        assert fire(tx, word, NOW + timedelta(days=9)) is None
    assert stored.listed(tx) == []
    assert len(sent(tx, ScheduleRemoved)) == 2
    assert sent(tx, ScheduleChanged) == []


def test_removing_again_tells_nothing_new(deliver: Deliver, tx: Any) -> None:
    schedule = said()
    deliver(schedule)
    deliver(removed(schedule), removed(schedule))
    assert len(sent(tx, ScheduleRemoved)) == 1
    [[kept]] = tx.execute("SELECT said FROM schedules").fetchall()
    assert kept is None  # with whom it was sent to


def test_a_schedule_of_somebody_else_is_left_alone(deliver: Deliver, tx: Any) -> None:
    schedule = said(account="ada")
    deliver(schedule)
    deliver(schedule.model_copy(update={"account": "eve", "said_at": NOW}))
    deliver(removed(schedule.model_copy(update={"account": "eve"})))
    deliver(RunScheduleNow(schedule_id=schedule.schedule_id, account="eve", asked_at=NOW))
    assert [reason for reason, _ in dead(tx)] == ["rejected"] * 3
    [row] = stored.listed(tx)
    assert row.account == "ada"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"timing": Timing(cron="0 8 * *", zone="UTC")}, "Wrong number of fields"),
        ({"timing": Timing(cron="0 8 * * *", zone="Mars")}, "'Mars' is no time zone"),
        ({"timing": Timing(at=SAID, zone="UTC")}, "is over"),
        ({"plan": {"recipients": ()}}, "say who gets the report"),
        ({"plan": {"recipients": (MARY,) * 21}}, "20 people at the most"),
        ({"plan": {"customer": "bob@example.com"}}, "about no customer"),
        ({"plan": {"kind": "customer_statement"}}, "say whose"),
        ({"plan": {"kind": "operations"}, "account": "ada"}, "of the whole mesh, and of no account"),
    ],
)
def test_what_cannot_be_is_a_dead_letter(
    deliver: Deliver, tx: Any, changes: dict[str, Any], why: str
) -> None:
    deliver(said(**changes))
    [(reason, error)] = dead(tx)
    assert reason == "rejected"
    assert why in error


def test_what_falls_due_is_sent_off_and_the_next_time_is_known(deliver: Deliver, tx: Any) -> None:
    schedule = said()
    deliver(schedule)
    assert fire(tx, schedule, EIGHT - timedelta(seconds=1)) == EIGHT
    assert due(tx) == []
    assert fire(tx, schedule, EIGHT) == EIGHT + timedelta(days=1)
    assert fire(tx, schedule, EIGHT) == EIGHT + timedelta(days=1)
    assert due(tx) == [EIGHT]
    [row] = stored.listed(tx)
    assert (row.last_due_at, row.next_due_at) == (EIGHT, EIGHT + timedelta(days=1))


@pytest.mark.parametrize(("missed", "times"), [("once", [4]), ("each", [2, 3, 4])])
def test_missed_times_are_made_up_for(deliver: Deliver, tx: Any, missed: str, times: list[int]) -> None:
    schedule = said(missed=missed)
    deliver(schedule)
    assert fire(tx, schedule, NOW) == EIGHT + timedelta(days=3)
    assert due(tx) == [EIGHT.replace(day=day) for day in times]


def test_many_missed_times_are_made_up_for_in_parts(deliver: Deliver, tx: Any) -> None:
    schedule = said(missed="each", timing=Timing(cron="* * * * *", zone="UTC"))
    deliver(schedule)
    at = SAID + timedelta(minutes=250)
    after = [fire(tx, schedule, at) for _ in range(3)]
    assert after == [SAID + timedelta(minutes=minutes) for minutes in (101, 201, 251)]
    assert due(tx) == [SAID + timedelta(minutes=n + 1) for n in range(250)]


def test_once_ends(deliver: Deliver, tx: Any) -> None:
    schedule = said(timing=Timing(at=NOW, zone="UTC"))
    deliver(schedule)
    assert fire(tx, schedule, NOW + timedelta(days=3)) is None
    assert fire(tx, schedule, NOW + timedelta(days=3)) is None
    assert due(tx) == [NOW]
    assert scheduling.upcoming(tx) == {}


def test_while_it_is_paused_nothing_falls_due_or_is_missed(deliver: Deliver, tx: Any) -> None:
    schedule = said(missed="each")
    deliver(schedule, schedule.model_copy(update={"paused": True, "said_at": SAID + timedelta(hours=1)}))
    assert fire(tx, schedule, NOW) is None
    deliver(schedule.model_copy(update={"said_at": NOW}))
    assert fire(tx, schedule, NOW) == EIGHT + timedelta(days=3)
    assert due(tx) == []


def test_a_change_of_its_readers_does_not_lose_what_is_due(deliver: Deliver, tx: Any) -> None:
    schedule = said()
    deliver(schedule, schedule.model_copy(update={"name": "Other", "said_at": NOW}))
    assert fire(tx, schedule, NOW) == EIGHT + timedelta(days=3)
    assert due(tx) == [EIGHT + timedelta(days=2)]


def test_a_word_that_was_long_on_its_way_counts_from_when_it_was_said(deliver: Deliver, tx: Any) -> None:
    """Its only time has come while the broker was away."""
    schedule = said(timing=Timing(at=SAID + timedelta(minutes=5), zone="UTC"))
    deliver(schedule)
    assert fire(tx, schedule, NOW) is None
    assert due(tx) == [SAID + timedelta(minutes=5)]


def ticked(schedule: SetSchedule, at: datetime) -> Envelope:
    tick = RunSchedule(schedule_id=schedule.schedule_id, due_at=at)
    return Envelope.around(tick, TESTER, id=schedules.tick_id(schedule.schedule_id, at))


def test_a_time_becomes_a_report_once(deliver: Deliver, tx: Any) -> None:
    """However often it is told: of one time there is one message, by whoever."""
    schedule = said(account="ada", plan={"period": "last_month", "locale": "ru"})
    deliver(schedule)
    deliver(ticked(schedule, EIGHT), ticked(schedule, EIGHT))
    deliver(ticked(schedule, EIGHT.astimezone(ZoneInfo("Europe/Berlin"))))
    [wanted] = sent(tx, MakeReport)
    assert (wanted.first_day, wanted.last_day) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (wanted.account, wanted.kind, wanted.format, wanted.locale) == ("ada", "daily_sales", "csv", "ru")
    assert (wanted.deliver_to, wanted.by) == ((MARY,), "attachment")
    [told] = sent(tx, ScheduleFired)
    assert (told.due_at, told.report_id, told.next_due_at) == (EIGHT, wanted.report_id, EIGHT)


def test_a_time_of_what_is_paused_or_removed_by_then_becomes_nothing(deliver: Deliver, tx: Any) -> None:
    paused, gone = said(paused=True), said()
    deliver(paused, gone)
    deliver(removed(gone))
    deliver(ticked(paused, EIGHT), ticked(gone, EIGHT), ticked(said(), EIGHT))
    assert (sent(tx, MakeReport), dead(tx)) == ([], [])


def test_it_can_be_run_by_hand_also_while_it_is_paused(deliver: Deliver, tx: Any) -> None:
    schedule = said(paused=True)
    deliver(schedule)
    deliver(RunScheduleNow(schedule_id=schedule.schedule_id, account=None, asked_at=NOW))
    [wanted] = sent(tx, MakeReport)
    assert wanted.last_day == date(2026, 3, 3)


def test_a_report_goes_to_each_of_its_readers_in_their_language(deliver: Deliver, tx: Any) -> None:
    readers = (MARY, Recipient(email="ivan@shop.example", name="Иван", locale="ru-RU"))
    deliver(said(plan={"recipients": readers, "by": "link"}))
    [row] = stored.listed(tx)
    deliver(ticked(scheduling.word(row), EIGHT))
    [wanted] = sent(tx, MakeReport)
    deliver(outbox.seal(wanted))
    report = asked.find(tx, wanted.report_id)
    assert report
    mails = [dict(each.known) for each in all_steps(planning.steps(report)) if "title" in each.given]
    assert [mail["title"] for mail in mails] == ["Daily sales, 2026-03-01", "Продажи по дням, 2026-03-01"]
    assert [Recipient(**mail["recipient"]) for mail in mails] == list(readers)
    whose = {(mail["account"], mail["report_id"], mail["by"]) for mail in mails}
    assert whose == {(None, str(wanted.report_id), "link")}


BERLIN, AUCKLAND, HONOLULU = map(ZoneInfo, ("Europe/Berlin", "Pacific/Auckland", "Pacific/Honolulu"))


@pytest.mark.parametrize(
    ("period", "at", "zone", "first", "last"),
    [
        ("yesterday", "2026-03-02T08:00", BERLIN, date(2026, 3, 1), date(2026, 3, 1)),
        ("last_week", "2026-03-02T08:00", BERLIN, date(2026, 2, 23), date(2026, 3, 1)),
        ("last_week", "2026-03-08T08:00", BERLIN, date(2026, 2, 23), date(2026, 3, 1)),
        ("last_month", "2026-03-01T08:00", BERLIN, date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", "2026-01-31T08:00", BERLIN, date(2025, 12, 1), date(2025, 12, 31)),
        ("month_to_date", "2026-03-31T23:30", BERLIN, date(2026, 3, 1), date(2026, 3, 31)),
        # The zone's day has begun and UTC's has not: yesterday is a day that is over.
        ("yesterday", "2026-03-02T00:30", BERLIN, date(2026, 2, 28), date(2026, 2, 28)),
        ("yesterday", "2026-03-02T01:00", BERLIN, date(2026, 3, 1), date(2026, 3, 1)),
        ("yesterday", "2026-03-03T08:00", AUCKLAND, date(2026, 3, 1), date(2026, 3, 1)),
        ("yesterday", "2026-03-03T13:00", AUCKLAND, date(2026, 3, 2), date(2026, 3, 2)),
        ("yesterday", "2026-03-02T20:00", HONOLULU, date(2026, 3, 1), date(2026, 3, 1)),
        ("last_month", "2026-03-01T00:30", BERLIN, date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_a_period_is_seen_from_when_it_falls_due(
    period: str, at: str, zone: ZoneInfo, first: date, last: date
) -> None:
    assert days(period, datetime.fromisoformat(at).replace(tzinfo=zone), zone) == (first, last)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([BERLIN, AUCKLAND, HONOLULU, ZoneInfo("Pacific/Kiritimati")]),
    st.sampled_from(["yesterday", "last_week", "last_month"]),
)
def test_no_day_is_told_that_is_still_going_on(at: datetime, zone: ZoneInfo, period: str) -> None:
    first, last = days(period, at, zone)
    assert first <= last < at.date()
    assert (at.date() - last).days <= 32
