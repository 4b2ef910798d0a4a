"""Reports: what they tell, where they lie, and what becomes of those that cannot be made."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from messages import order_placed
from outcomes import dead, due

from contracts.reports import MakeReport, ReportFailed, ReportMade, RevokeReport
from mesh import Database, testing
from mesh.files import FileStore, open_store
from mesh.testing import sent
from reports.tasks import consumer
from reports.wiring import Deps

Deliver = Callable[..., None]


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


def test_daily_sales_tell_of_each_day_and_in_all(deliver: Deliver, tx: Any, files: FileStore) -> None:
    deliver(placed(1), placed(1), placed(3), placed(3, currency="USD", total=1))
    deliver(wanted())
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


def test_as_a_table(deliver: Deliver, tx: Any, files: FileStore) -> None:
    deliver(placed(2))
    deliver(wanted(format="csv"))
    text = document(tx, files).decode()
    row = {"day": "2026-03-02", "currency": "EUR", "orders": "1", "items": "2", "revenue": "900"}
    assert list(csv.DictReader(io.StringIO(text))) == [row]
    [made] = sent(tx, ReportMade)
    assert made.file.name == "daily-sales-2026-03-01-2026-03-03.csv"
    assert (made.file.media_type, made.file.size) == ("text/csv", len(text.encode()))


def test_nobody_elses_orders_and_no_other_days(deliver: Deliver, tx: Any, files: FileStore) -> None:
    deliver(placed(2, account="grace's"), placed(4), placed(2, account=None))
    deliver(wanted())
    assert json.loads(document(tx, files))["days"] == []


def test_the_same_figures_are_the_same_file(deliver: Deliver, tx: Any, files: FileStore) -> None:
    deliver(placed(2))
    deliver(wanted())
    deliver(wanted())
    first, second = sent(tx, ReportMade)
    assert first.file == second.file


def test_one_that_is_called_off_is_not_made(deliver: Deliver, tx: Any) -> None:
    report = wanted()
    deliver(RevokeReport(report_id=report.report_id))  # which came first
    deliver(report)
    assert sent(tx, ReportMade) == []


def test_a_store_that_fails_is_tried_again_and_told(database: Database, tx: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    full = Deps(open_store((tmp_path / "file" / "in the way").as_uri()))
    testing.deliver(consumer, database, full, wanted())
    [failed] = sent(tx, ReportFailed)
    assert failed.again
    assert (len(due(tx)), sent(tx, ReportMade)) == (1, [])


@pytest.mark.parametrize("format", ["json", "csv"])
def test_without_a_store_it_is_kept_for_an_operator(database: Database, tx: Any, format: str) -> None:
    testing.deliver(consumer, database, Deps(None), wanted(format=format))
    [failed] = sent(tx, ReportFailed)
    assert not failed.again
    [(reason, error)] = dead(tx)
    assert (reason, error) == ("rejected", "Reject: there is no file store: set FILES_URL, then replay")
