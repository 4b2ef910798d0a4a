"""`reports report`, as an operator calls it."""

from collections.abc import Callable
from typing import Any

import pytest
from commands import run

from contracts.reports import MakeReport, ReportFailed, ReportMade, RevokeReport
from mesh import Tx
from mesh.testing import sent

DAYS = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def report(url: str) -> Callable[..., str]:
    """Runs a command that ends well; gives what it printed."""

    def report(*arguments: str) -> str:
        told = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
        code, output, errors = run("reports", "report", *arguments, **told)
        assert (code, errors) == (0, "")
        return output.strip()

    return report


def test_one_is_made_for_whom_it_is_said(report: Callable[..., str], tx: Tx) -> None:
    people = ("--send-to", "Mary <mary@shop.example>", "--send-to", "ivan@shop.example ru", "--by", "link")
    id = report("make", "refunds", *DAYS, "--format", "xlsx", "--account", "tea", *people)
    [wanted] = sent(tx, MakeReport)
    assert str(wanted.report_id) == id
    assert (wanted.kind, wanted.format, wanted.account) == ("refunds", "xlsx", "tea")
    assert (str(wanted.first_day), str(wanted.last_day)) == (DAYS[1], DAYS[3])
    mary, ivan = wanted.deliver_to
    assert (mary.email, mary.name, mary.locale, ivan.email, ivan.locale, wanted.by) == (
        "mary@shop.example",
        "Mary",
        "en",
        "ivan@shop.example",
        "ru",
        "link",
    )


def test_who_waits_for_one_that_an_operator_calls_off_is_told(
    report: Callable[..., str], deliver: Callable[..., None], make: Callable[..., Any], tx: Tx
) -> None:
    id = report("make", "daily_sales", *DAYS)
    [wanted] = sent(tx, MakeReport)
    deliver(wanted)
    assert report("list").startswith(id)
    assert report("revoke", id) == f"{id} is called off"
    deliver(*sent(tx, RevokeReport))
    [told] = sent(tx, ReportFailed)
    assert (told.report_id, told.part, told.again) == (wanted.report_id, None, False)
    make(wanted)
    assert sent(tx, ReportMade) == []
