"""`reports sales DAY`, as an operator or a program calls it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from commands import run
from messages import order_placed

HUGE = 123_456_789_012_345_678_901


@pytest.fixture
def reports(url: str, deliver: Callable[..., None]) -> Callable[..., Any]:
    """Runs the command where two orders were placed on 1 March 2026."""
    deliver(order_placed(total=HUGE), order_placed(currency="USD"))
    environment = {"DATABASE_URL": url, "BROKER_URL": "streams+redis://unused"}
    return lambda *arguments, **more: run("reports", "sales", *arguments, **{**environment, **more})


def test_a_table_for_people(reports: Callable[..., Any]) -> None:
    code, output, _ = reports("2026-03-01")
    assert code == 0
    assert [line.split() for line in output.splitlines()] == [
        ["2026-03-01", "orders", "items", "revenue", "(minor", "units)"],
        ["EUR", "1", "2", str(HUGE)],
        ["USD", "1", "2", "900"],
    ]


def test_json_for_programs(reports: Callable[..., Any]) -> None:
    code, output, _ = reports("2026-03-01", "--json")
    assert code == 0
    assert json.loads(output) == {
        "day": "2026-03-01",
        "currencies": [
            {"currency": "EUR", "orders": 1, "items": 2, "revenue": HUGE},
            {"currency": "USD", "orders": 1, "items": 2, "revenue": 900},
        ],
    }


def test_a_day_without_sales(reports: Callable[..., Any]) -> None:
    code, output, _ = reports("2026-03-02", "--json")
    assert (code, json.loads(output)) == (0, {"day": "2026-03-02", "currencies": []})


def test_what_is_no_day(reports: Callable[..., Any]) -> None:
    code, output, errors = reports("yesterday")
    assert (code, output) == (2, "")
    assert "'yesterday' does not match the format '%Y-%m-%d'" in errors


def test_a_database_that_is_away(reports: Callable[..., Any]) -> None:
    code, output, errors = reports(
        "2026-03-01", DATABASE_URL="postgresql://reports:s3cr3t@127.0.0.1:1/reports"
    )
    assert (code, output) == (1, "")
    assert errors.startswith("reports: database: ")
    assert "Traceback" not in errors
    assert "s3cr3t" not in errors
