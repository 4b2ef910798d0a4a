"""What services tell of their workers becomes a report: figures that add up, and times that merge."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any

import pytest
from commands import run
from hypothesis import given
from hypothesis import strategies as st
from outcomes import dead
from planned import a_schedule

from contracts import uuid7
from contracts.flow import Counted, Dead, bucket
from contracts.reports import MakeReport, NoteFlow, ReportMade
from mesh.files import FileStore
from mesh.testing import around, sent
from reports.documents.kinds import DayFlow, Death, Flow, Line, QueueFlow
from reports.store.told import Of
from reports.usecases import operating, scheduling

Deliver = Callable[..., None]
Make = Callable[..., Any]
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 2)
TWO_DAYS = Of(None, FIRST, LAST)


def counted(
    *times: int,
    day: date = FIRST,
    queue: str = "emails.v1",
    message: str = "orders.order_placed",
    **more: Any,
) -> Counted:
    """Of times in microseconds."""
    took = Counter(map(bucket, times))
    first, last = min(took, default=0), max(took, default=-1)
    handled = tuple(took[each] for each in range(first, last + 1))
    fields: dict[str, Any] = {"retried": 0, "dead": (), **more}
    return Counted(day=day, queue=queue, message=message, first=first, handled=handled, **fields)


def note(*lines: Counted, service: str = "emails") -> NoteFlow:
    return NoteFlow(service=service, counted=lines)


def test_figures_are_what_services_told(deliver: Deliver, tx: Any) -> None:
    rejected, exhausted = Dead(reason="rejected", letters=2), Dead(reason="exhausted", letters=1)
    deliver(
        note(counted(*[1000] * 9, 50_000, retried=3), counted(2000, queue="emails.v1.bulk")),
        note(counted(*[1000] * 10, retried=1, dead=(rejected,))),
        note(counted(8000, queue="orders.v1", day=LAST, dead=(exhausted,)), service="orders"),
        note(counted(1000, day=FIRST - timedelta(days=2), retried=7)),
        note(counted(1000, day=LAST + timedelta(days=1))),
    )
    told = operating.operations(tx, TWO_DAYS)
    ms, ms2, ms8 = (operating.quantile(Counter([bucket(t)]), 0.5) for t in (1000, 2000, 8000))
    emails = Flow(20, 4, 2, ms, ms)
    bulk, orders = Flow(1, 0, 0, ms2, ms2), Flow(1, 0, 1, ms8, ms8)
    assert told.total == Flow(22, 4, 3, ms, ms8)
    assert told.previous == Flow(1, 7, 0, ms, ms)
    assert told.days == [DayFlow(FIRST, Flow(21, 4, 2, ms, ms2)), DayFlow(LAST, orders)]
    assert told.queues == [
        QueueFlow("emails", "emails.v1", emails),
        QueueFlow("emails", "emails.v1.bulk", bulk),
        QueueFlow("orders", "orders.v1", orders),
    ]
    assert told.lines == [
        Line(FIRST, "emails", "emails.v1", emails),
        Line(FIRST, "emails", "emails.v1.bulk", bulk),
        Line(LAST, "orders", "orders.v1", orders),
    ]
    assert told.deaths == [
        Death("emails", "orders.order_placed", "rejected", 2),
        Death("orders", "orders.order_placed", "exhausted", 1),
    ]
    assert (ms, ms2, ms8) == (939, 1878, 7512)


def test_a_note_that_comes_twice_counts_once(deliver: Deliver, tx: Any) -> None:
    sealed = around(note(counted(1000, 1000, retried=1)))
    deliver(sealed, sealed)
    deliver(sealed)
    assert operating.operations(tx, TWO_DAYS).total == Flow(2, 1, 0, 939, 939)


def test_days_of_which_nothing_is_known(tx: Any) -> None:
    told = operating.operations(tx, TWO_DAYS)
    assert (told.total, told.previous, told.days, told.deaths) == (Flow(), None, [], [])


@given(st.lists(st.lists(st.integers(0, 10**9), max_size=30), min_size=1, max_size=6))
def test_merged_times_are_those_of_all_to_a_tenth(parts: Sequence[Sequence[int]]) -> None:
    """Of however many processes, in whatever order: as if one had measured all."""
    merged: Counter[int] = sum((Counter(map(bucket, part)) for part in parts), Counter())
    times = sorted(time for part in parts for time in part)
    for share in (0.5, 0.95):
        told = operating.quantile(merged, share)
        if not times:
            assert told is None
            continue
        assert told is not None
        exact = times[max(1, ceil(share * len(times))) - 1]
        assert abs(told - exact) <= max(0.091 * exact + 0.5, 1)


def wanted(**changes: Any) -> MakeReport:
    fields = {"account": None, "kind": "operations", "format": "json", "first_day": FIRST, "last_day": LAST}
    return MakeReport(report_id=uuid7(), **{**fields, **changes})


@pytest.mark.parametrize("format", ["json", "csv", "xlsx", "pdf"])
def test_a_report_is_made_of_them(
    make: Make, deliver: Deliver, tx: Any, files: FileStore, format: str
) -> None:
    deliver(note(counted(1000, 2000, dead=(Dead(reason="rejected", letters=1),))))
    make(wanted(format=format))
    [made] = sent(tx, ReportMade)
    content = b"".join(files.read(made.file))
    assert made.file.name == f"operations-2026-03-01-2026-03-02.{format}"
    if format == "json":
        assert json.loads(content)["total"]["handled"] == 2


def test_it_is_of_no_account(make: Make, tx: Any) -> None:
    make(wanted(account="ada"))
    [(reason, error)] = dead(tx)
    assert (reason, "of the whole mesh" in error) == ("rejected", True)


def test_a_schedule_of_it_is_an_operators(deliver: Deliver, tx: Any) -> None:
    deliver(a_schedule(account="ada", plan={"kind": "operations"}))
    [(_, error)] = dead(tx)
    assert "of the whole mesh" in error
    schedule = a_schedule(account=None, plan={"kind": "operations"})
    deliver(schedule)
    scheduling.run(schedule.schedule_id, scheduling.now(), tx)
    [asked] = sent(tx, MakeReport)
    assert (asked.kind, asked.account) == ("operations", None)


def test_the_command_shows_it(url: str, deliver: Deliver) -> None:
    deliver(note(counted(1000, 2000, retried=1, dead=(Dead(reason="rejected", letters=1),))))
    days = ("--from", "2026-03-01", "--to", "2026-03-02")
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    code, output, _ = run("reports", "operations", *days, **environment)
    assert code == 0
    assert [line.split() for line in output.splitlines()] == [
        ["handled", "retried", "dead", "p50", "p95"],
        ["2026-03-01", "2", "1", "1", "939", "1878"],
        ["emails", "emails.v1", "2", "1", "1", "939", "1878"],
        ["all", "2", "1", "1", "939", "1878"],
        ["1", "dead:", "emails", "orders.order_placed:", "rejected"],
    ]
    code, output, _ = run("reports", "operations", *days, "--json", **environment)
    assert (code, json.loads(output)["total"]["handled"]) == (0, 2)
