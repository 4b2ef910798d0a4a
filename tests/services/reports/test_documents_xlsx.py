"""Reports as workbooks, read back as a program that opens them does."""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from reported import EVIL, performance, product

from reports.documents import written
from reports.documents.kinds import Account, Customer, CustomerStatement, DailySales, Report, Sales
from reports.documents.samples import (
    SAMPLES,
    customer_statement,
    daily_sales,
    many_products,
    product_performance,
)
from reports.documents.xlsx import sheets

# openpyxl leaves out the bars that Excel draws in cells since 2010
pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def opened(report: Report, locale: str = "en", values: bool = True) -> Any:
    """With the values that were kept beside the formulas, or with the formulas."""
    return load_workbook(io.BytesIO(written(report, "xlsx", locale)), data_only=values)


def column(sheet: Any, at: int) -> list[Any]:
    return [row[at].value for row in sheet.iter_rows(min_row=2)]


def said(sheet: Any) -> dict[Any, Any]:
    """The first two cells of each line."""
    return {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}


def test_a_cover_and_a_sheet_for_each_table() -> None:
    book = opened(daily_sales())
    assert book.sheetnames == [
        "Summary",
        "By day",
        "As it was paid, by currency",
        "Best products",
        "Countries",
        "When people order",
    ]
    sales = daily_sales().sales
    assert sales
    cover = said(book["Summary"])
    assert cover["Daily sales"] is None
    assert "March 2026" in cover
    assert "Amounts in EUR" in cover
    assert (cover["Revenue"], cover["Orders"]) == (sales.totals.revenue / 100, sales.totals.orders)
    assert any("3 orders in KWD are not in these figures" in str(text) for text in cover)


def test_sums_are_formulas_and_agree_with_the_figures() -> None:
    values, formulas = (opened(daily_sales(), values=values)["By day"] for values in (True, False))
    sales = daily_sales().sales
    assert sales
    assert formulas.cell(33, 4).value == "=SUBTOTAL(109,D2:D32)"
    assert [cell.value for cell in values[33]][1:] == [
        sales.totals.orders,
        sales.totals.items,
        *(
            amount / 100
            for amount in (
                sales.totals.revenue,
                sales.totals.cancelled_revenue,
                sales.totals.refunded,
                sales.totals.net,
            )
        ),
    ]
    for at in range(1, 7):
        *rows, total = column(values, at)
        assert total == pytest.approx(sum(rows))


def test_balances_are_formulas_and_agree_with_the_figures() -> None:
    report = customer_statement()
    values, formulas = (opened(report, values=values).worksheets[1] for values in (True, False))
    assert formulas["F3"].value == "=F2+D3-E3"
    assert values["F2"].value == report.accounts[0].opening / 100
    assert column(values, 5)[-1] == report.accounts[0].closing / 100
    balance = values["F2"].value
    for row in range(3, values.max_row):
        balance += (values.cell(row, 4).value or 0) - (values.cell(row, 5).value or 0)
        assert values.cell(row, 6).value == pytest.approx(balance)


def test_a_sheet_is_made_for_reading_and_printing() -> None:
    sheet = opened(daily_sales(), "ru")["По дням"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G32"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet["D1"].value == "Выручка, EUR"
    assert sheet["D2"].number_format.startswith("#,##0.00;")
    assert sheet["A2"].value == datetime(2026, 3, 1)  # noqa: DTZ001  # a day in a cell has no zone
    assert sheet.column_dimensions["D"].width > 15


@pytest.mark.parametrize(
    ("currency", "shown", "value"),
    [
        ("EUR", "#,##0.00", 12.34),
        ("JPY", "#,##0", 1234),
        ("KWD", "#,##0.000", 1.234),
        ("RSD", "#,##0.00", 12.34),
    ],
)
def test_amounts_have_the_places_of_their_currency(currency: str, shown: str, value: float) -> None:
    sheet = opened(performance(product("Tea", 1234), currency=currency))["All products"]
    assert (sheet["E2"].value, sheet["E2"].number_format.split(";")[0]) == (value, shown)


@pytest.mark.parametrize("kind", ["daily_sales", "product_performance", "refunds", "operations"])
def test_charts_draw_from_the_cells(kind: str) -> None:
    with ZipFile(io.BytesIO(written(SAMPLES[kind](), "xlsx"))) as book:
        charts = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        assert charts
        assert all(b"<c:f>" in book.read(name) for name in charts)


def test_a_chart_is_of_what_its_title_says_where_a_column_is_left_out() -> None:
    """How a product went is a picture, and no column of a sheet."""
    book = opened(product_performance())
    [series] = book["Summary"]._charts[0].series
    assert series.cat.numRef.f == "'Best products'!$A$2:$A$9"
    assert series.val.numRef.f == "'Best products'!$C$2:$C$9"
    assert book["Best products"]["C1"].value == "Revenue, EUR"


def test_charts_stand_below_all_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    cover = opened(replace(many_products(14), products=[product("Tea", 2**53 + 1)] * 4))["Summary"]
    [*_, last] = (row[0].row for row in cover.iter_rows(max_col=1) if row[0].value)
    assert "lines more" in cover.cell(last, 1).value
    assert cover._charts[0].anchor._from.row == last + 2


def test_names_are_text_and_no_formula() -> None:
    for name in (EVIL, "=1+1", "https://evil.example", "{=1}", "\x01\x0b\ufffe x", "a\nb"):
        cell = opened(performance(product(name)), values=False)["All products"]["A2"]
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert "\n" not in cell.value
    assert len(opened(performance(product("W" * 40_000)))["All products"]["A2"].value) == 200


def test_what_has_too_many_digits_is_rounded_and_said() -> None:
    exact = 2**53 + 1
    book = opened(performance(product("Tea", exact)))
    assert book["All products"]["E2"].value == pytest.approx(exact / 100, rel=1e-15)
    assert any("more than 15 digits" in str(text) for text in said(book["Summary"]))
    huge = opened(performance(product("Tea", 10**400)))["All products"]["E2"].value
    assert huge == f"{10**398}.00"
    plain = said(opened(performance(product("Tea")))["Summary"])
    assert not any("more than 15 digits" in str(text) for text in plain)


def test_what_does_not_fit_into_a_sheet_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    report = many_products(14)
    book = opened(report)
    assert any("4 lines more" in str(text) for text in said(book["Summary"]))
    assert column(book["All products"], 4)[10] == report.revenue / 100  # of all of them


def test_an_empty_one_says_so() -> None:
    for report in (performance(), DailySales(*MARCH, [], Sales("EUR")), DailySales(*MARCH, [])):
        book = opened(report, "ru")
        assert book.sheetnames == ["Сводка"]
        assert any("За это время" in str(text) for text in said(book["Сводка"]))


def test_accounts_in_several_currencies_have_sheets_of_their_own() -> None:
    accounts = [Account(currency, 100, ()) for currency in ("EUR", "JPY")]
    report = replace(customer_statement(), customer=Customer("1", "Ada [&]"), accounts=accounts)
    assert isinstance(report, CustomerStatement)
    assert opened(report).sheetnames == [
        "Summary",
        "Orders and payments in EUR",
        "Orders and payments in JPY",
    ]
