"""Reports as documents: for programs, as JSON and CSV; and what holds for all formats."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reported import EVIL, at, performance, product, reports

from reports.documents import MEDIA, pieces, written
from reports.documents.kinds import (
    Account,
    Customer,
    CustomerStatement,
    DailySales,
    Day,
    Entry,
    Money,
    Refund,
    Refunds,
    Report,
    Sales,
    Totals,
    Unconverted,
)
from reports.documents.samples import SAMPLES, many_products
from reports.documents.samples.refunds import sums
from reports.domain import Figures

DAY = date(2026, 3, 1)
FIGURES = [Figures(DAY, "EUR", 2, 4, 1800), Figures(DAY, "JPY", 1, 2, 900)]


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(report, "csv").decode("utf-8-sig"), newline="")))


def test_daily_sales_as_the_api_has_told_them_from_the_start() -> None:
    """A public format: to be added to, and never changed."""
    report = DailySales(DAY, date(2026, 3, 2), FIGURES)
    assert written(report, "csv") == (
        b"day,currency,orders,items,revenue\r\n2026-03-01,EUR,2,4,1800\r\n2026-03-01,JPY,1,2,900\r\n"
    )
    euros = {"currency": "EUR", "orders": 2, "items": 4, "revenue": 1800}
    yens = {"currency": "JPY", "orders": 1, "items": 2, "revenue": 900}
    told = {
        "report": "daily_sales",
        "first_day": "2026-03-01",
        "last_day": "2026-03-02",
        "days": [{"day": "2026-03-01", **euros}, {"day": "2026-03-01", **yens}],
        "totals": [euros, yens],
    }
    assert written(report, "json").decode() == json.dumps(told, indent=2) + "\n"


def test_what_is_converted_stands_beside_it() -> None:
    day = Day(DAY, Totals(3, 6, 2350, cancelled=1, cancelled_revenue=550, refunds=1, refunded=100))
    sales = Sales("EUR", [day], unconverted=[Unconverted("XDR", 3, 77)])
    plain = json.loads(written(DailySales(DAY, DAY, FIGURES), "json"))
    told = json.loads(written(DailySales(DAY, DAY, FIGURES, sales), "json"))
    assert {name: told[name] for name in plain} == plain
    assert told["sales"]["totals"]["net"] == 2350 - 550 - 100
    assert told["sales"]["currency"] == "EUR"
    assert told["sales"]["unconverted"] == [{"currency": "XDR", "count": 3, "amount": 77}]
    assert written(DailySales(DAY, DAY, FIGURES, sales), "csv") == written(
        DailySales(DAY, DAY, FIGURES), "csv"
    )


def test_a_statement_goes_from_what_was_owed_to_what_is() -> None:
    entries = [
        Entry(at(2), "order", "A-1", charged=1000),
        Entry(at(3), "payment", "A-1", paid=1000),
        Entry(at(4), "refund", "A-1", charged=-300, paid=-300),
        Entry(at(5), "order", "A-2", charged=500),
        Entry(at(5), "cancellation", "A-2", charged=-500),
    ]
    accounts = [Account("EUR", 50, entries), Account("JPY", 0, [Entry(at(9), "order", "A-3", charged=7)])]
    report = CustomerStatement(DAY, date(2026, 3, 31), Customer("C/20 417", "Ada"), accounts)
    assert [(row["what"], row["currency"], row["balance"]) for row in rows(report)] == [
        ("order", "EUR", "1050"),
        ("payment", "EUR", "50"),
        ("refund", "EUR", "50"),
        ("order", "EUR", "550"),
        ("cancellation", "EUR", "50"),
        ("order", "JPY", "7"),
    ]
    euros = json.loads(written(report, "json"))["accounts"][0]
    assert (euros["opening"], euros["charged"], euros["paid"], euros["closing"]) == (50, 700, 700, 50)
    assert report.name == "customer-statement-c-20-417-2026-03-01-2026-03-31"


def test_refunds_say_what_was_paid_in_its_currency() -> None:
    refund = Refund(at(7), at(1), "A-1", "Ada", "", 612, Money(1000, "JPY"))
    report = Refunds(DAY, date(2026, 3, 31), "EUR", **sums([refund]), refunds=[refund])
    [row] = rows(report)
    assert (row["amount"], row["original_currency"], row["original_amount"]) == ("612", "JPY", "1000")
    assert row["at"] == "2026-03-07T12:00:00+00:00"
    [told] = json.loads(written(report, "json"))["refunds"]
    assert (told["amount"], told["original"]) == (612, {"minor": 1000, "currency": "JPY"})


@pytest.mark.parametrize("format", ["json", "csv"])
def test_products_say_nothing_of_refunds_which_nobody_counts_by_product(format: str) -> None:
    assert b"refund" not in written(performance(product("Tea")), format)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_text_is_no_formula_in_a_csv(name: str) -> None:
    report = performance(product(name, revenue=-5))
    [row] = rows(report)
    assert row["name"] == f"'{name}"
    assert row["revenue"] == "-5"  # a number is none
    assert json.loads(written(report, "json"))["products"][0]["name"] == name


@pytest.mark.parametrize("name", ["a\r\nb", 'say "x", y', EVIL, "Иван-чай", "\U0001f375"])
def test_names_come_back_from_a_csv_as_they_were(name: str) -> None:
    assert rows(performance(product(name)))[0]["name"] == name


@pytest.mark.parametrize("kind", SAMPLES)
def test_excel_is_told_of_utf_8_where_it_matters(kind: str) -> None:
    text = written(SAMPLES[kind](), "csv")
    assert text.startswith(b"\xef\xbb\xbf") == (not text.isascii()) == (kind != "daily_sales")


def test_the_same_figures_are_the_same_bytes() -> None:
    """Also in another process, at another time."""
    script = (
        "import hashlib\nfrom reports.documents import MEDIA, written\n"
        "from reports.documents.samples import SAMPLES\n"
        "for kind, sample in SAMPLES.items():\n"
        "    for format in MEDIA:\n"
        "        print(kind, format, hashlib.sha256(written(sample(), format, 'ru')).hexdigest())"
    )
    elsewhere = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    one, other = (
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | env, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for env in (elsewhere, {"TZ": "UTC"})
    )
    assert len(one) == len(SAMPLES) * len(MEDIA)
    assert one == other


@pytest.mark.parametrize("format", ["json", "csv"])
def test_a_large_one_comes_in_pieces(format: str) -> None:
    report = many_products(3000)
    found = list(pieces(report, format))
    assert len(found) > 2
    assert b"".join(found) == written(report, format)


@given(report=reports(), locale=st.sampled_from(["en", "ru", "de-CH", "fr", "hi", "he", "xx"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_figures_fail(report: Report, locale: str) -> None:
    for format in MEDIA:
        assert written(report, format, locale)
    assert json.loads(written(report, "json"))["first_day"] == report.first_day.isoformat()


def test_a_child_renders_after_its_parent_has_loaded_the_package() -> None:
    """typst hangs in a child of a process that has used it: nothing that a worker loads may use it."""
    script = (
        "import os, sys, reports.main\n"
        "from reports.documents import written\n"
        "from reports.documents.samples import refunds\n"
        "assert not {'typst', 'xlsxwriter', 'babel'} & sys.modules.keys()\n"
        "if not (child := os.fork()):\n"
        "    os._exit(not written(refunds(), 'pdf').startswith(b'%PDF'))\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
