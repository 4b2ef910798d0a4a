"""Reports as pages: what they say, where they break, and what is inside."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from reported import EVIL, performance, product

from reports.documents import written
from reports.documents.kinds import (
    DailySales,
    Day,
    Hour,
    ProductPerformance,
    Report,
    Sales,
    Totals,
    Unconverted,
)
from reports.documents.pages.layout import Column, Table
from reports.documents.pages.shared import MOST_POINTS, over_time
from reports.documents.pdf import lists
from reports.documents.pdf.parts import Parts
from reports.documents.pdf.widths import EM, of_figures
from reports.documents.readers import reader
from reports.documents.samples import SAMPLES, daily_sales, many_products, product_performance, statement_of


def opened(report: Report, locale: str = "en") -> PdfReader:
    return PdfReader(io.BytesIO(written(report, "pdf", locale)))


def texts(report: Report, locale: str = "en") -> list[str]:
    """Of each page, with plain blanks."""
    blanks = str.maketrans(dict.fromkeys("\xa0\u202f\u2007\u2008\n", " "))
    return [page.extract_text().translate(blanks) for page in opened(report, locale).pages]


def fonts(file: PdfReader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for page in file.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr]
            [inner] = font.get_object()["/DescendantFonts"]
            found[inner.get_object()["/BaseFont"]] = inner.get_object()["/FontDescriptor"].get_object()
    return found


def test_the_cover_says_what_matters() -> None:
    [cover, table] = texts(daily_sales())
    for text in ("Daily sales", "March 2026", "€60,389.77", "1,213", "13.0%", "Amounts in EUR"):
        assert text in cover
    assert "3 orders in KWD are not in these figures: there is no rate (KWD21.400)" in cover.replace(
        "KWD 2", "KWD2"
    )
    assert "60,389.77" in table.partition("Total")[2]


def test_products_say_nothing_of_refunds_which_nobody_counts_by_product() -> None:
    assert "Refunded" not in "".join(texts(product_performance()))


def test_in_russian() -> None:
    cover, table = texts(daily_sales(), "ru")
    for text in ("Продажи по дням", "Март 2026 г.", "60 389,77 €", "3 заказа в KWD не учтены", "Суммы в EUR"):
        assert text in cover
    assert "Чистая выручка" in table
    assert "Иван-чай с листом смородины" in table


@pytest.mark.parametrize("kind", SAMPLES)
def test_its_fonts_are_inside_and_its_pages_are_numbered(kind: str) -> None:
    file = opened(SAMPLES[kind](), "ru")
    assert fonts(file)
    for name, font in fonts(file).items():
        assert "Inter" in name
        assert font.keys() & {"/FontFile2", "/FontFile3"}
    for number, page in enumerate(file.pages, 1):
        assert f"{number} / {len(file.pages)}" in page.extract_text()


def test_nothing_in_it_tells_when_it_was_made() -> None:
    file = opened(daily_sales())
    assert file.metadata
    assert file.metadata.title == "Daily sales"
    assert "/CreationDate" not in file.metadata
    assert b"CreateDate" not in written(daily_sales(), "pdf")


def test_a_table_repeats_its_head_on_each_page() -> None:
    products = [replace(product(f"Tea {number}", 1000 - number), sku=f"T{number}") for number in range(150)]
    found = texts(performance(*products))
    assert len(found) > 3
    assert all("SKU" in text for text in found[1:])
    assert "Tea 149" in found[-1]


def test_ten_thousand_products_are_on_pages_that_are_full() -> None:
    report = many_products(10_000)
    found = texts(report)
    assert 190 < len(found) < 200
    assert all("Share" in text for text in found)
    for at in (0, 3000, 9999):
        assert sum(report.products[at].sku in text for text in found[1:]) == 1
    for page in found[2:-1]:
        assert page.count("SKU-") == lists.OTHER_PAGES
    assert f"{report.revenue / 100:,.2f}" in found[-1]


def test_bars_are_as_long_as_what_is_above_nothing() -> None:
    def bars(*values: int) -> object:
        table = Table(
            "Best", [Column("Product"), Column("Revenue", "money", "EUR")], [("", v) for v in values], 1
        )
        return Parts(reader("en")).data(table)["bars"]

    assert bars(-500, -100) == [0, 0]
    assert bars(200, 50, -100, 0) == [1, 0.25, 0, 0]
    assert bars(0) == [0]


def test_a_column_has_room_for_the_balance_that_it_begins_with() -> None:
    columns = [Column("Entry"), Column("Balance", "money", "EUR", running=(0, 0))]
    table = Table("Account", columns, [("Payment", 100)], first=("Opening", -(10**14)), last=("Closing", 0))
    [_, balance] = Parts(reader("en")).data(table)["columns"]
    assert balance["em"] * EM >= (of_figures("-1,000,000,000,000.00") or 0)


def test_a_statement_of_thousands_of_lines_ends_with_its_balance() -> None:
    report = statement_of(2800)
    assert len(report.accounts[0].entries) > 5000
    last = texts(report)[-1]
    assert "Closing balance" in last
    assert f"{report.accounts[0].closing / 100:,.2f}" in last


def test_a_list_too_long_for_a_pdf_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 300)
    report = many_products(400)
    found = texts(report)
    assert "100 lines more are in the CSV and JSON of this report." in found[0]
    assert f"{report.revenue / 100:,.2f}" in found[-1]  # of all of them
    assert not any(report.products[300].sku in text for text in found)


def test_the_largest_refunds_are_called_so_and_add_up_to_nothing() -> None:
    report = SAMPLES["refunds"]()
    all, some = ("".join(texts(each)) for each in (report, replace(report, refunds=report.refunds[:20])))
    assert ("All refunds" in all, "Total" in all) == (True, True)
    assert ("The largest refunds" in some, "Total" in some) == (True, False)
    assert "26 lines more are in the CSV and JSON of this report." in some


@pytest.mark.parametrize("count", [1, 400])
def test_names_run_nothing_and_move_nothing(count: int) -> None:
    """As a table, and as a list."""
    others = [product(f"Tea {number}") for number in range(count)]
    found = "".join(
        texts(performance(product(EVIL), product("a\nb"), product("W" * 5000), product(""), *others))
    )
    assert '#panic("x") *b* $x$ <b>&amp;</b>' in found
    assert "\u202e" not in found
    assert "a b" in found


def test_days_without_orders_have_a_line() -> None:
    days = [Day(date(2026, 3, 2), Totals(1, 2, 1800))]
    [text] = texts(DailySales(date(2026, 3, 1), date(2026, 3, 3), (), Sales("EUR", days)))
    for day in ("Mar 1, 2026", "Mar 2, 2026", "Mar 3, 2026"):
        assert day in text


def test_months_without_orders_have_a_point() -> None:
    first, last = date(2024, 11, 15), date(2025, 3, 2)
    values = [(date(2025, 2, 1), 7), (date(2024, 11, 30), 1), (date(2025, 2, 28), 2)]
    assert over_time(reader("en"), first, last, values) == [
        ("Nov 2024", 1),
        ("Dec 2024", 0),
        ("Jan 2025", 0),
        ("Feb 2025", 9),
        ("Mar 2025", 0),
    ]


def test_a_chart_of_all_times_is_of_the_last_months() -> None:
    points = over_time(reader("en"), date.min, date.max, [(date.min, 1), (date.max, 2)])
    assert len(points) == MOST_POINTS
    assert points[-1] == ("Dec 9999", 2)


def test_a_single_day_has_its_hours() -> None:
    day = date(2026, 3, 2)
    sales = Sales("JPY", [Day(day, Totals(1, 2, 1800))], [Hour(day, 17, 1, 1800)])
    [text] = texts(DailySales(day, day, (), sales))
    assert "Revenue by hour, UTC" in text
    assert "¥1,800" in text


@pytest.mark.parametrize(
    "report", [performance(), DailySales(date(2026, 3, 1), date(2026, 3, 31), (), Sales("EUR"))]
)
def test_an_empty_one_says_so(report: Report) -> None:
    [text] = texts(report)
    assert "in this time." in text


def test_orders_without_a_rate_are_said_even_alone() -> None:
    report = DailySales(
        date(2026, 3, 1), date(2026, 3, 1), (), Sales("EUR", unconverted=[Unconverted("JPY", 1, 500)])
    )
    [text] = texts(report)
    assert "1 order in JPY is not in these figures: there is no rate (¥500)." in text


def test_a_refund_larger_than_all_sales_is_below_nothing() -> None:
    day = Day(date(2026, 3, 2), Totals(1, 1, 100, refunds=1, refunded=5000))
    [text] = texts(DailySales(day.day, day.day, (), Sales("EUR", [day])))
    assert "−€49.00" in text


@pytest.mark.parametrize("size", [10**15, 10**30])
def test_huge_amounts_are_exact_and_stay_on_the_page(size: int) -> None:
    report = performance(*(product(f"Tea {number}", size) for number in range(3)))
    assert isinstance(report, ProductPerformance)
    assert f"{3 * size // 100:,}.00" in "".join(texts(report))


def test_what_is_shown_of_a_product_is_its_best() -> None:
    [first, *_] = texts(product_performance())
    assert first.index("Cast-iron teapot") < first.index(
        "Darjeeling First Flush, 50 g", first.index("Best products")
    )
