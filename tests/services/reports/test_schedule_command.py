"""`reports schedule …`, as an operator calls it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from commands import begin, ended, run

from contracts.reports import MakeReport, ScheduleChanged, ScheduleRemoved
from mesh.testing import sent
from reports.store import schedules as stored
from reports.usecases import scheduling

Command = Callable[..., tuple[int, str, str]]
MARY = ("--send-to", "Mary <mary@shop.example>")


@pytest.fixture
def environment(url: str, tx: Any) -> dict[str, str]:
    return {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}


@pytest.fixture
def schedule(environment: dict[str, str]) -> Command:
    return lambda *arguments: run("reports", "schedule", *arguments, **environment)


def add(schedule: Command, *arguments: str) -> str:
    code, output, errors = schedule("add", "Sales", *arguments)
    assert (code, errors) == (0, "")
    return output.split()[0]


def test_adding_one_tells_its_id_and_the_next_times(schedule: Command, tx: Any) -> None:
    code, output, _ = schedule(
        "add", "Sales", "--cron", "0 8 * * 1", "--zone", "Europe/Berlin", "--account", "ada",
        "--locale", "de", "--period", "last_week", "--format", "json", "--by", "link", "--missed", "each",
        "--send-to", "Mary <mary@shop.example>", "--send-to", "ivan@shop.example ru",
    )  # fmt: skip
    assert code == 0
    id, *times = output.splitlines()
    assert len(times) == 5
    assert all(line.split()[2].startswith("08:00:00+0") for line in times)
    [row] = stored.listed(tx)
    said = scheduling.word(row)
    assert (str(row.id), row.account, said.name, said.missed) == (id, "ada", "Sales", "each")
    assert [(to.name, to.email, to.locale) for to in said.plan.recipients] == [
        ("Mary", "mary@shop.example", "de"),
        ("", "ivan@shop.example", "ru"),
    ]
    plan = said.plan
    assert (plan.period, plan.format, plan.by, plan.locale) == ("last_week", "json", "link", "de")
    [told] = sent(tx, ScheduleChanged)
    assert told.next_due_at == row.next_due_at


def test_its_story(schedule: Command, tx: Any) -> None:
    id = add(schedule, "--cron", "0 8 * * *", *MARY)
    code, output, _ = schedule("list")
    [listed] = output.splitlines()
    assert listed.startswith(f"{id}  active  ")
    assert listed.endswith("(all)                 Sales")

    code, output, _ = schedule("show", id)
    shown = dict(line.split(maxsplit=1) for line in output.splitlines())
    assert shown["when"] == "0 8 * * *, UTC"
    assert shown["to"] == "Mary <mary@shop.example> en"

    assert schedule("pause", id)[:2] == (0, f"paused {id}\n")
    assert schedule("list")[1].split()[1] == "paused"
    code, output, _ = schedule("resume", id)
    assert output.startswith(f"resumed {id}\ndue ")
    code, output, _ = schedule("run", id)
    [wanted] = sent(tx, MakeReport)
    assert output == f"report {wanted.report_id} is asked for\n"
    assert schedule("remove", id)[:2] == (0, f"removed {id}\n")
    assert schedule("list")[1] == ""
    assert [told.schedule_id for told in sent(tx, ScheduleRemoved)] == [UUID(id)]
    for command in ("show", "pause", "resume", "run", "remove"):
        code, _, errors = schedule(command, id)
        assert (code, errors) == (2, f"reports: there is no schedule {id}: `schedule list` shows them\n")


def test_an_interval_begins_now_or_when_it_is_told(schedule: Command, tx: Any) -> None:
    now = datetime.now(UTC)
    first, second = add(schedule, "--every", "90m", *MARY), add(
        schedule, "--every", "1d", "--at", "2030-01-01T06:00", "--zone", "Asia/Tokyo", *MARY
    )  # fmt: skip
    due = scheduling.upcoming(tx)
    assert timedelta(minutes=90) <= due[UUID(first)].at - now < timedelta(minutes=92)
    assert due[UUID(second)].at == datetime(2029, 12, 31, 21, tzinfo=UTC)


def test_once_is_by_the_clocks_of_the_zone(schedule: Command, tx: Any) -> None:
    night = add(schedule, "--at", "2030-10-27T02:30", "--zone", "Europe/Berlin", *MARY)
    offset = add(schedule, "--at", "2030-10-27T02:30+01:00", "--zone", "Europe/Berlin", *MARY)
    due = scheduling.upcoming(tx)
    assert due[UUID(night)].at == datetime(
        2030, 10, 27, 0, 30, tzinfo=UTC
    )  # they show it twice: the first time
    assert due[UUID(offset)].at == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


DAILY = ("--cron", "0 8 * * *")
WRONG = [
    ([*DAILY, "--zone", "Europe/Berling", *MARY], "'Europe/Berling' is no time zone"),
    (["--cron", "0 8 * *", *MARY], "'0 8 * *' is no crontab, or never falls due (Wrong number"),
    (["--cron", "0 8 30 2 *", *MARY], "never falls due"),
    (["--cron", "* * */20 * 1L", *MARY], "never falls due: no such day comes in fifty years"),
    (["--at", "2020-01-01T08:00", *MARY], "2020-01-01 08:00:00 +0000 is over: it is 20"),
    (["--at", "tomorrow", *MARY], "'tomorrow' is no time: write it as 2026-12-24T08:00"),
    (["--at", "2030-03-31T02:30", "--zone", "Europe/Berlin", *MARY], "is left out by the clocks"),
    (["--at", "2030-03-31T02:30", "--zone", "Mars", *MARY], "'Mars' is no time zone"),
    (["--every", "fortnight", *MARY], "every 'fortnight': write it as 90m, 6h or 1d"),
    (["--every", "59", *MARY], "every 59 seconds: 60 to"),
    ([*MARY], "say when in one way"),
    ([*DAILY, "--every", "1d", *MARY], "say when in one way"),
    ([*DAILY], "say who gets the report"),
    ([*DAILY, "--send-to", "Mary"], "'Mary' is nobody"),
    ([*DAILY, "--send-to", "Mary <mary>"], "'Mary <mary>' is nobody"),
    ([*DAILY, "--send-to", "<a@b> <c@d>"], "is nobody who can be written to"),
    ([*DAILY, "--customer", "bob@example.com", *MARY], "about no customer in particular"),
    ([*DAILY, "--kind", "operations", "--account", "ada", *MARY], "of the whole mesh, and of no account"),
]


def test_what_does_not_fit_is_told_and_nothing_is_added(environment: dict[str, str], tx: Any) -> None:
    running = [begin("reports", "schedule", "add", "Sales", *given, **environment) for given, _ in WRONG]
    for process, (given, why) in zip(running, WRONG, strict=True):
        code, output, errors = ended(process)
        assert (code, output, errors.count("\n")) == (2, "", 1), f"{given}: {errors}"
        assert why in errors
    assert stored.listed(tx) == []


def test_what_is_no_id_is_told(schedule: Command) -> None:
    code, _, errors = schedule("show", "7")
    assert code == 2
    assert "'7' is no id: `schedule list` shows them" in errors
