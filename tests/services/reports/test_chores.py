"""Chores: what is fetched, taken and compared by the clock, though nobody asks for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from commands import run
from planned import a_schedule

from contracts import Command
from contracts.reports import FetchRates, ReconcileDay, RunSchedule, TakeFiles
from contracts.timing import Timing
from mesh.database import Tx
from mesh.errors import MissingSettings
from mesh.testing import sent
from reports import schedules
from reports.settings import Settings
from reports.store import chores as stored
from reports.usecases import chores, scheduling, ticking
from reports.wiring import wanted_chores

NOW = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)
MINUTELY = Timing(cron="* * * * *", zone="UTC")
NIGHTLY = Timing(cron="30 2 * * *", zone="UTC")
SOURCES = {
    "RATES_URL": "https://rates.example/daily.xml",
    "ORDERS_FOLDER": "/srv/orders",
    "ORDERS_URL": "http://orders-api:8080",
    "ORDERS_KEYS": "shop=mw_1",
}


def settings(**environ: str) -> Settings:
    return Settings.load({"DATABASE_URL": "postgresql://x/x", "BROKER_URL": "redis://x", **environ})


def set_up(tx: Tx, timing: Timing, name: str, due: datetime) -> UUID:
    """A chore that is due then. Returns its id."""
    stored.set_up(tx, name, timing, due, None)
    [id] = chores.upcoming(tx)
    return id


def due(tx: Tx) -> dict[str, datetime | None]:
    return {row.command: row.next_due_at for row in stored.listed(tx)}


def ids(tx: Tx) -> list[UUID]:
    """Of the messages that were sent off."""
    return [row[0] for row in tx.execute("SELECT message_id FROM outbox ORDER BY seq")]


def test_settings_say_which_and_when() -> None:
    assert wanted_chores(settings()) == {}
    usual = wanted_chores(settings(**SOURCES))
    assert usual == {
        FetchRates: Timing(cron="30 16,18 * * 1-5", zone="Europe/Berlin"),
        TakeFiles: MINUTELY,
        ReconcileDay: NIGHTLY,
    }
    changed = {
        "FETCH_RATES_CRON": "0 15 * * * America/New_York",
        "TAKE_FILES_CRON": "*/5 * * * *",
        "RECONCILE_DAY_CRON": "never",
    }
    assert wanted_chores(settings(**SOURCES, **changed)) == {
        FetchRates: Timing(cron="0 15 * * *", zone="America/New_York"),
        TakeFiles: Timing(cron="*/5 * * * *", zone="UTC"),
    }


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("daily", "'daily' is no crontab"),
        ("30 16 * * 1-5 Berlin", "'Berlin' is no time zone"),
        ("0 0 30 2 *", "'0 0 30 2 \\*' is no crontab, or never falls due"),
        ("* * * * * * UTC", "Wrong number of fields"),
    ],
)
def test_what_is_no_crontab_is_refused_at_the_start(cron: str, why: str) -> None:
    with pytest.raises(MissingSettings, match=f"FETCH_RATES_CRON: .*{why}"):
        settings(FETCH_RATES_CRON=cron)


def test_a_new_one_is_due_at_once(tx: Tx) -> None:
    """A source that was just named is not waited for until tomorrow."""
    chores.begin({FetchRates: NIGHTLY}, tx)
    [(id, upcoming)] = chores.upcoming(tx).items()
    assert upcoming.at <= datetime.now(UTC)
    assert upcoming.command is FetchRates
    following = chores.fire(tx, id, datetime.now(UTC))
    assert following
    assert following > datetime.now(UTC)
    assert (following.hour, following.minute) == (2, 30)
    assert sent(tx, FetchRates) == [FetchRates()]


def test_beats_that_come_after_change_nothing(tx: Tx) -> None:
    wanted: dict[type[Command], Timing] = {TakeFiles: MINUTELY}
    chores.begin(wanted, tx)
    before = due(tx)
    chores.begin(wanted, tx)
    assert due(tx) == before


def test_another_time_holds_from_then_on_and_what_is_due_stays_due(tx: Tx) -> None:
    future = datetime.now(UTC) + timedelta(hours=30)
    past = datetime.now(UTC) - timedelta(hours=1)
    for name, when in (("reports.fetch_rates", future), ("reports.reconcile_day", past)):
        stored.set_up(tx, name, MINUTELY, when, None)
    chores.begin({FetchRates: NIGHTLY, ReconcileDay: NIGHTLY}, tx)
    found = due(tx)
    assert found["reports.reconcile_day"] == past
    rates = found["reports.fetch_rates"]
    assert rates
    assert rates < future
    assert (rates.hour, rates.minute) == (2, 30)


def test_one_that_is_not_set_up_any_more_never_falls_due(tx: Tx) -> None:
    """Nor one of a newer build, which was rolled back."""
    chores.begin({FetchRates: NIGHTLY, TakeFiles: MINUTELY}, tx)
    stored.set_up(tx, "reports.water_plants", MINUTELY, NOW, None)
    [gone] = [id for id, due in chores.upcoming(tx).items() if due.command is TakeFiles]
    chores.begin({FetchRates: NIGHTLY}, tx)
    assert due(tx).keys() == {"reports.fetch_rates"}
    assert chores.fire(tx, gone, datetime.now(UTC)) is None
    assert ids(tx) == []


def test_what_was_missed_is_made_up_for_once(tx: Tx) -> None:
    id = set_up(tx, MINUTELY, "reports.take_files", NOW - timedelta(hours=3))
    assert chores.fire(tx, id, NOW) == NOW + timedelta(seconds=30)
    assert sent(tx, TakeFiles) == [TakeFiles()]
    assert ids(tx) == [schedules.tick_id(id, NOW.replace(second=0))]


def test_each_day_that_was_missed_is_compared(tx: Tx) -> None:
    """Whenever the message is handled, it is about days before the one on which it was due: what was lost
    of an order's cancellation or refund is found weeks after the order."""
    id = set_up(tx, NIGHTLY, "reports.reconcile_day", datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
    assert chores.fire(tx, id, NOW) == datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
    due = [date(2026, 11, day) for day in (23, 24, 25)]
    days = [day - timedelta(back) for day in due for back in (1, 8, 31)]
    assert [told.day for told in sent(tx, ReconcileDay)] == days
    assert len(set(ids(tx))) == len(days)
    tx.execute("UPDATE chores SET next_due_at = %s", (datetime(2026, 11, 23, 2, 30, tzinfo=UTC),))
    chores.fire(tx, id, NOW)
    assert len(set(ids(tx))) == len(days)  # told again, they are the same messages


def test_a_time_that_two_tell_is_one_message(tx: Tx) -> None:
    """The first one's transaction is lost after the second one has read nothing of it; and then it comes."""
    id = set_up(tx, NIGHTLY, "reports.fetch_rates", NOW)
    chores.fire(tx, id, NOW)
    assert chores.fire(tx, id, NOW) == datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
    tx.execute("UPDATE chores SET next_due_at = %s", (NOW,))
    chores.fire(tx, id, NOW)
    first, second = ids(tx)
    assert first == second == schedules.tick_id(id, NOW)


def test_chores_fall_due_beside_schedules(tx: Tx) -> None:
    said = a_schedule()
    scheduling.put(said, tx)
    chores.begin({TakeFiles: MINUTELY}, tx)
    upcoming = ticking.upcoming(tx)
    assert {due.command for due in upcoming.values()} == {RunSchedule, TakeFiles}
    [row] = [row for row in upcoming.items() if row[1].command is RunSchedule]
    assert row[0] == said.schedule_id
    for id in upcoming:
        ticking.fire(tx, id, row[1].at)
    assert [told.schedule_id for told in sent(tx, RunSchedule)] == [said.schedule_id]
    assert sent(tx, TakeFiles)


def test_operators_see_when_each_is_next_and_was_last(url: str, tx: Any) -> None:
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    code, output, _ = run("reports", "chores", **environment)
    assert (code, output.partition(":")[0]) == (0, "none")
    id = set_up(tx, Timing(cron="30 16 * * 1-5", zone="Europe/Berlin"), "reports.fetch_rates", NOW)
    chores.fire(tx, id, NOW)
    stored.set_up(tx, "reports.take_files", MINUTELY, NOW, None)
    code, output, errors = run("reports", "chores", **environment)
    assert (code, errors) == (0, "")
    rates, files = (line.split("  ") for line in output.splitlines())
    assert [part.strip() for part in rates if part] == [
        "reports.fetch_rates",
        "30 16 * * 1-5",
        "next 2026-11-25 16:30:00+01:00 Europe/Berlin",
        "last 2026-11-25 13:00:30+01:00 Europe/Berlin",
    ]
    assert files[-1] == "last never"
