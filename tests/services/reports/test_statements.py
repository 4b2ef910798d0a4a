"""Statements of all customers: in batches of which each is written once, and in one archive."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from messages import order_placed
from outcomes import dead

from contracts.emails import SendReport
from contracts.reports import (
    MakeReport,
    ReportMade,
    RevokeReport,
    SectionGathered,
    WriteReport,
    WriteStatements,
)
from mesh.files import FileStore
from mesh.testing import sent

Deliver = Callable[..., None]
MARCH = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}


def wanted(**changes: Any) -> MakeReport:
    said = {"kind": "customer_statements", "format": "json", "account": "ada's", **MARCH}
    return MakeReport(report_id=uuid4(), **said | changes)


def placed(email: str, *, day: int = 5, month: int = 3, **changes: Any) -> Any:
    at = datetime(2026, month, day, 12, tzinfo=UTC)
    customer = {"email": email, "name": email.partition("@")[0].title(), "locale": "ru"}
    return order_placed(placed_at=at, customer=customer, **{"account": "ada's"} | changes)


def batches(tx: Any) -> list[WriteStatements]:
    """Those that begin a lane."""
    return sorted(sent(tx, WriteStatements), key=lambda step: step.first)


def archive(tx: Any, files: FileStore) -> ZipFile:
    [made] = sent(tx, ReportMade)
    assert made.file.media_type == "application/zip"
    return ZipFile(io.BytesIO(b"".join(files.read(made.file))))


@pytest.fixture
def make(deliver: Deliver, tx: Any) -> Callable[[MakeReport], None]:
    def make(report: MakeReport) -> None:
        deliver(report)
        for step in batches(tx):
            deliver(step)
        deliver(WriteReport(report_id=report.report_id, replies=()))

    return make


def test_everybody_who_ordered_then_has_one(deliver: Deliver, make: Any, tx: Any, files: FileStore) -> None:
    deliver(
        placed("ada@example.com"),
        placed("ADA@example.com", day=7),  # the same to the mail
        placed("bob@example.com", day=31),
        placed("eve@example.com", month=2),
        placed("joe@example.com", account="grace's"),
    )
    make(wanted())
    found = archive(tx, files)
    told = [json.loads(found.read(name)) for name in found.namelist()]
    assert [each["customer"]["email"].lower() for each in told] == ["ada@example.com", "bob@example.com"]
    assert [len(each["accounts"][0]["entries"]) for each in told] == [2, 1]
    assert sent(tx, SendReport) == []


def test_each_gets_theirs_once(deliver: Deliver, make: Any, tx: Any) -> None:
    deliver(*(placed(f"{number}@example.com") for number in range(12)))
    report = wanted(each_by="link", format="pdf")
    make(report)
    make(report)  # as after a crash
    for step in batches(tx):
        deliver(step)
    mails = sent(tx, SendReport)
    assert sorted(mail.recipient.email for mail in mails) == sorted(f"{n}@example.com" for n in range(12))
    assert {(mail.by, mail.recipient.locale, mail.file.media_type) for mail in mails} == {
        ("link", "ru", "application/pdf")
    }
    assert "1-10" in {told.part for told in sent(tx, SectionGathered)}
    assert {told.parts for told in sent(tx, SectionGathered)} == {("1-10", "11-12")}


def test_of_days_without_anybody_it_is_empty(make: Any, tx: Any, files: FileStore) -> None:
    make(wanted())
    assert archive(tx, files).namelist() == []


def test_who_was_erased_since_has_none(deliver: Deliver, tx: Any, files: FileStore) -> None:
    deliver(placed("ada@example.com"), placed("bob@example.com"))
    report = wanted()
    deliver(report)
    tx.execute("DELETE FROM customers WHERE email = 'ada@example.com'")
    for step in batches(tx):
        deliver(step)
    deliver(WriteReport(report_id=report.report_id, replies=()))
    [name] = archive(tx, files).namelist()
    assert "bob" in name


def test_what_the_store_lost_is_written_again(deliver: Deliver, make: Any, tx: Any, files: FileStore) -> None:
    deliver(placed("ada@example.com"))
    report = wanted()
    make(report)
    [before] = sent(tx, ReportMade)
    list(files.prune(datetime(2999, 1, 1, tzinfo=UTC)))
    tx.execute("DELETE FROM outbox")
    deliver(WriteReport(report_id=report.report_id, replies=()))
    [after] = sent(tx, ReportMade)
    assert before.file == after.file
    assert archive(tx, files).namelist()


def test_when_it_is_called_off_nothing_more_is_written(deliver: Deliver, make: Any, tx: Any) -> None:
    deliver(placed("ada@example.com"))
    report = wanted(each_by="attachment")
    deliver(report)
    deliver(RevokeReport(report_id=report.report_id))
    for step in batches(tx):
        deliver(step)
    assert sent(tx, SendReport) == []
    assert dead(tx) == [("rejected", "Reject: it was called off")]
