"""Reports: what they tell, where they lie, and what becomes of those that cannot be made."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from messages import order_placed
from outcomes import dead, due

from contracts.canvas import Failed
from contracts.files import File
from contracts.reports import (
    GatherSection,
    LookAfterReport,
    MakeReport,
    NoteBrokenReport,
    ReportFailed,
    ReportMade,
    RevokeReport,
    SectionGathered,
    WriteReport,
)
from mesh import Database, testing
from mesh.delivery import Answer
from mesh.errors import Gone
from mesh.files import FileStore, open_store
from mesh.testing import sent
from reports.tasks import consumer
from reports.wiring import Deps

Deliver = Callable[..., None]
Make = Callable[[MakeReport], list[Answer]]


def wanted(**changes: Any) -> MakeReport:
    return MakeReport(
        report_id=uuid4(),
        account="ada's",
        kind="daily_sales",
        format="json",
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 3),
    ).model_copy(update=changes)


def placed(day: int, **changes: Any) -> Any:
    return order_placed(
        placed_at=datetime(2026, 3, day, 23, 59, tzinfo=UTC), **{"account": "ada's"} | changes
    )


def document(tx: Any, files: FileStore) -> bytes:
    [made] = sent(tx, ReportMade)
    return b"".join(files.read(made.file))


def test_daily_sales_tell_of_each_day_and_in_all(
    deliver: Deliver, make: Make, tx: Any, files: FileStore
) -> None:
    deliver(placed(1), placed(1), placed(3), placed(3, currency="USD", total=1))
    make(wanted())
    told = json.loads(document(tx, files))
    assert told["days"] == [
        {"day": "2026-03-01", "currency": "EUR", "orders": 2, "items": 4, "revenue": 1800},
        {"day": "2026-03-03", "currency": "EUR", "orders": 1, "items": 2, "revenue": 900},
        {"day": "2026-03-03", "currency": "USD", "orders": 1, "items": 2, "revenue": 1},
    ]
    assert told["totals"] == [
        {"currency": "EUR", "orders": 3, "items": 6, "revenue": 2700},
        {"currency": "USD", "orders": 1, "items": 2, "revenue": 1},
    ]


def test_as_a_table(deliver: Deliver, make: Make, tx: Any, files: FileStore) -> None:
    deliver(placed(2))
    make(wanted(format="csv"))
    text = document(tx, files).decode()
    row = {"day": "2026-03-02", "currency": "EUR", "orders": "1", "items": "2", "revenue": "900"}
    assert list(csv.DictReader(io.StringIO(text))) == [row]
    [made] = sent(tx, ReportMade)
    assert made.file.name == "daily-sales-2026-03-01-2026-03-03.csv"
    assert (made.file.media_type, made.file.size) == ("text/csv", len(text.encode()))


def test_nobody_elses_orders_and_no_other_days(
    deliver: Deliver, make: Make, tx: Any, files: FileStore
) -> None:
    deliver(placed(2, account="grace's"), placed(4), placed(2, account=None))
    make(wanted())
    assert json.loads(document(tx, files))["days"] == []


def test_the_same_figures_are_the_same_file(deliver: Deliver, make: Make, tx: Any, files: FileStore) -> None:
    deliver(placed(2))
    make(wanted())
    make(wanted())
    first, second = sent(tx, ReportMade)
    assert first.file == second.file


def test_one_that_is_called_off_is_not_made(deliver: Deliver, make: Make, tx: Any) -> None:
    report = wanted()
    deliver(RevokeReport(report_id=report.report_id))  # which came first
    assert make(report) == []
    assert sent(tx, ReportMade) == []


def test_a_store_that_fails_is_tried_again_and_told(database: Database, tx: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    full = Deps(open_store((tmp_path / "file" / "in the way").as_uri()), call_off=lambda canvas: None)
    testing.deliver(consumer, database, full, wanted())
    parts = sent(tx, GatherSection)
    testing.deliver(consumer, database, full, *parts)
    told = {(failed.part, failed.again) for failed in sent(tx, ReportFailed)}
    assert told == {(part.section, True) for part in parts}
    assert (len(due(tx)), sent(tx, ReportMade)) == (len(parts), [])


def test_a_disk_without_room_for_a_workbook_costs_no_attempt(
    make: Make, tx: Any, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = wanted(format="xlsx")
    with monkeypatch.context() as full:
        full.setattr(tempfile, "tempdir", "/nowhere")
        *_, written = make(report)
    assert not written.handled
    assert due(tx) == [("reports.v1", 0)]
    make(report)
    assert document(tx, files).startswith(b"PK")


def test_a_section_that_the_store_lost_is_gathered_again(
    deliver: Deliver, make: Make, tx: Any, files: FileStore
) -> None:
    deliver(placed(2))
    report = wanted()
    *parts, written = make(report)
    assert written.handled
    for part in parts:
        lost = File.model_validate(part.reply["file"])
        list(files.prune(datetime.now(UTC) + timedelta(days=1)))
        with pytest.raises(Gone):
            list(files.read(lost))
    again = WriteReport.read({"report_id": report.report_id, "replies": [part.reply for part in parts]})
    deliver(again)
    first, second = sent(tx, ReportMade)
    assert first.file == second.file


def test_one_that_is_called_off_on_its_way_is_not_written(deliver: Deliver, make: Make, tx: Any) -> None:
    report = wanted()
    *parts, _ = make(report)
    deliver(RevokeReport(report_id=report.report_id))
    replies = [part.reply for part in parts]
    deliver(WriteReport.read({"report_id": report.report_id, "replies": replies}))
    assert len(sent(tx, ReportMade)) == 1
    assert dead(tx) == [("rejected", "Reject: it was called off")]


def test_its_parts_are_told_as_they_are_there(make: Make, tx: Any) -> None:
    make(wanted())
    told = sent(tx, SectionGathered)
    assert [each.part for each in told] == ["days", "hours", "products", "countries"]
    assert {each.parts for each in told} == {("days", "hours", "products", "countries")}


def test_one_that_is_not_made_is_looked_after_until_it_is(deliver: Deliver, make: Make, tx: Any) -> None:
    report = wanted()
    deliver(report)
    [look] = sent(tx, LookAfterReport)
    tx.execute("DELETE FROM outbox")
    deliver(look)
    assert [step.section for step in sent(tx, GatherSection)] == ["days", "hours", "products", "countries"]
    assert sent(tx, LookAfterReport) == [look]
    make(report)
    tx.execute("DELETE FROM outbox")
    deliver(look)
    assert sent(tx, GatherSection) == []


def test_what_was_not_made_in_time_is_told_and_left(deliver: Deliver, tx: Any) -> None:
    report = wanted()
    deliver(report)
    late = {"canvas_id": report.report_id, "step_id": uuid4(), "step": "reports.gather_section"}
    for kind in ("unreached", "expired"):
        failed = Failed(**late, kind=kind, reason="")
        deliver(NoteBrokenReport(report_id=report.report_id, part="hours", failed=failed))
    [told] = sent(tx, ReportFailed)
    assert (told.part, told.again) == ("hours", False)
    tx.execute("UPDATE asked_reports SET asked_at = now() - interval '3 days'")
    tx.execute("DELETE FROM outbox")
    deliver(LookAfterReport(report_id=report.report_id))
    assert sent(tx, GatherSection) == []


def test_without_a_redis_of_results_it_is_kept_for_an_operator(
    database: Database, tx: Any, files: FileStore
) -> None:
    testing.deliver(consumer, database, Deps(files), wanted())
    [(_, error)] = dead(tx)
    assert "set RESULT_URL" in error


@pytest.mark.parametrize("format", ["json", "csv"])
def test_without_a_store_it_is_kept_for_an_operator(database: Database, tx: Any, format: str) -> None:
    testing.deliver(consumer, database, Deps(None), wanted(format=format))
    [failed] = sent(tx, ReportFailed)
    assert not failed.again
    [(reason, error)] = dead(tx)
    assert (reason, error) == ("rejected", "Reject: there is no file store: set FILES_URL, then replay")
