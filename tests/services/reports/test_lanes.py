"""Heavy reports have workers of their own: a small one does not wait behind them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from programs import Program, eventually, together
from watched import put

from contracts.reports import MakeReport
from embedded.valkey import Valkey
from mesh import outbox
from mesh.database import Tx
from reports.usecases import planning

MANY = 60
DAY = date(2026, 11, 21)


def wanted(**changes: Any) -> MakeReport:
    """A day's sales, but for what is said here."""
    usual = {"report_id": uuid4(), "account": "shop", "kind": "daily_sales", "format": "json"}
    return MakeReport.model_validate({**usual, "first_day": DAY, "last_day": DAY, **changes})


@pytest.fixture
def workers(beats_url: str, valkey: Valkey, tmp_path: Path) -> Iterator[list[Program]]:
    """One for each lane, and a relay."""
    told = {
        "DATABASE_URL": beats_url,
        "BROKER_URL": valkey.url,
        "RESULT_URL": valkey.redis_url,
        "FILES_URL": (tmp_path / "files").as_uri(),
        "CONCURRENCY": "1",
    }
    commands = (("worker", "--lane", "default"), ("worker", "--lane", "heavy"), ("relay",))
    with together("reports", *commands, folder=tmp_path, **told) as programs:
        yield programs


@pytest.mark.usefixtures("workers")
def test_a_small_report_goes_before_heavy_ones_that_came_first(own: Tx) -> None:
    heavy = [wanted(kind="product_performance", format="pdf") for _ in range(MANY)]
    small = wanted()
    outbox.put(own, *heavy)

    def made() -> list[UUID]:
        return [UUID(data["report_id"]) for _, data, _ in put(own, "reports.report_made")]

    eventually(lambda: len(made()) >= 2, "the heavy ones are under way")
    outbox.put(own, small)
    eventually(lambda: small.report_id in made(), "the small one is made")
    assert len(made()) < MANY - 10  # however slow this machine is, the heavy ones are far from their end


@pytest.mark.parametrize(
    ("wish", "lane"),
    [
        ({}, None),
        ({"format": "pdf"}, None),
        ({"first_day": DAY - timedelta(30), "format": "xlsx"}, None),
        ({"kind": "product_performance"}, None),
        ({"kind": "product_performance", "format": "csv"}, None),
        ({"kind": "customer_statement", "customer": "ada@example.com", "format": "pdf"}, None),
        ({"kind": "product_performance", "format": "pdf"}, "heavy"),
        ({"kind": "product_performance", "format": "xlsx"}, "heavy"),
        ({"kind": "refunds"}, "heavy"),
        ({"kind": "refunds", "format": "csv"}, "heavy"),
        ({"kind": "refunds", "format": "xlsx"}, "heavy"),
        ({"kind": "refunds", "format": "pdf"}, "heavy"),
        ({"first_day": DAY - timedelta(31)}, "heavy"),
        ({"kind": "customer_statements"}, "heavy"),
    ],
)
def test_what_is_asked_for_says_whether_it_is_heavy(wish: dict[str, Any], lane: str | None) -> None:
    assert planning.lane(wanted(**wish)) == lane
