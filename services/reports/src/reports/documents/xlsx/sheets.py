"""A table as a sheet: a header that stays, columns as wide as what is in them, sums as formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from reports.documents.pages.layout import Column, Heat, Table, Value
from reports.documents.xlsx.formats import BAD, CALM, INK, LINE, MUTED, PAPER, Cells, Formats

MOST_ROWS = 1_000_000
"""Of a sheet, which has room for 1,048,576."""
_WIDTHS = {"number": 12, "money": 17, "share": 10, "change": 11, "duration": 12, "day": 13, "moment": 18}
_HEAD = {
    "bold": True,
    "font_color": MUTED,
    "bottom": 1,
    "bottom_color": INK,
    "valign": "vcenter",
    "text_wrap": True,
}
_ROW = {"bottom": 4, "bottom_color": LINE}
_END = {"bold": True, "top": 1, "top_color": INK}


@dataclass(frozen=True, slots=True)
class Laid:
    """A table in its sheet: where its rows are."""

    sheet: Worksheet
    first: int
    last: int
    cut: int
    """Rows that there was no room for."""
    rounded: bool


def lay_table(sheet: Worksheet, table: Table, formats: Formats, total: str) -> Laid:
    columns = _shown(table.columns)
    cells = Cells(sheet, formats)
    _head(sheet, [column for _, column in columns], formats)
    row = 1
    if table.first:
        _plain(cells, row, table.first, columns, _END | {"top": 0})
        row += 1
    first = row
    for values in table.rows[:MOST_ROWS]:
        _line(cells, row, values, columns)
        row += 1
    laid = Laid(sheet, first, row - 1, max(0, len(table.rows) - MOST_ROWS), cells.rounded)
    _end(cells, row, table.end(total), columns, laid)
    _bars(sheet, table, columns, laid)
    if table.rows:
        sheet.autofilter(0, 0, row - 1, len(columns) - 1)
    set_up(sheet, table.title, wide=len(columns) > 8)
    return Laid(sheet, laid.first, laid.last, laid.cut, cells.rounded)


Columns = Sequence[tuple[int, Column]]
"""With the place of each in the table's rows."""


def _shown(columns: Sequence[Column]) -> Columns:
    """What a sheet has room for: how something went is a picture."""
    return [(at, column) for at, column in enumerate(columns) if column.form != "trend"]


def _head(sheet: Worksheet, columns: Sequence[Column], formats: Formats) -> None:
    sheet.set_row(0, 32)
    for at, column in enumerate(columns):
        title = f"{column.title}, {column.currency}" if column.currency else column.title
        width = 14 + 10 * column.width if column.is_text else _WIDTHS[column.form]
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, formats(**_HEAD, align="left" if column.is_left else "right"))
    sheet.freeze_panes(1, 0)


def _line(cells: Cells, row: int, values: Sequence[Value], columns: Columns) -> None:
    for to, (at, column) in enumerate(columns):
        if column.running:
            more, less = (xl_col_to_name(place) for place in column.running)
            formula = f"={xl_col_to_name(to)}{row}+{more}{row + 1}-{less}{row + 1}"
            cells.put_formula(row, to, formula, values[at], column, _ROW)
        else:
            cells.put(row, to, values[at], column, _ROW)


def _plain(cells: Cells, row: int, values: Sequence[Value], columns: Columns, looks: dict[str, Any]) -> None:
    for to, (at, column) in enumerate(columns):
        cells.put(row, to, values[at], column, looks)


def _end(cells: Cells, row: int, values: Sequence[Value] | None, columns: Columns, laid: Laid) -> None:
    """The sums of what the reader has not filtered away; a balance stays what it is."""
    if values is None:
        return
    for to, (at, column) in enumerate(columns):
        name = xl_col_to_name(to)
        if column.summed and laid.last >= laid.first and not laid.cut:
            formula = f"=SUBTOTAL(109,{name}{laid.first + 1}:{name}{laid.last + 1})"
            cells.put_formula(row, to, formula, values[at], column, _END)
        elif column.running:
            cells.put_formula(row, to, f"={name}{row}", values[at], column, _END)
        else:
            cells.put(row, to, values[at], column, _END)


def _bars(sheet: Worksheet, table: Table, columns: Columns, laid: Laid) -> None:
    for to, (at, _) in enumerate(columns):
        if at == table.bar and table.rows:
            bars = {
                "type": "data_bar",
                "bar_solid": True,
                "bar_color": "#C9D7E4",
                "min_type": "num",
                "min_value": 0,
            }
            bars |= {"bar_negative_color": "#E6C9C3", "bar_axis_color": BAD, "data_bar_2010": True}
            sheet.conditional_format(laid.first, to, laid.last, to, bars)


def lay_heat(sheet: Worksheet, heat: Heat, formats: Formats) -> None:
    head = formats(**_HEAD, align="center")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, len(heat.across), 6)
    sheet.write_string(0, 0, "", head)
    for at, label in enumerate(heat.across, 1):
        sheet.write_string(0, at, label, head)
    field = formats(align="center", border=1, border_color="#FFFFFF")
    for row, (label, values) in enumerate(zip(heat.down, heat.values, strict=True), 1):
        sheet.write_string(row, 0, label, formats(font_color=MUTED))
        for at, value in enumerate(values, 1):
            sheet.write_number(row, at, value, field)
    scale = {
        "type": "2_color_scale",
        "min_color": PAPER,
        "max_color": CALM,
        "min_type": "num",
        "min_value": 0,
    }
    sheet.conditional_format(1, 1, len(heat.down), len(heat.across), scale)
    sheet.freeze_panes(1, 1)
    set_up(sheet, heat.title, wide=True)


def set_up(sheet: Worksheet, title: str, *, wide: bool) -> None:
    """For printing, on A4: as wide as the page, the header on each, and which of how many it is."""
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    if wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
    sheet.set_footer(f"&L&8{title.replace('&', '&&')}&R&8&P / &N")


def cells_of(laid: Laid, at: int) -> str:
    """The rows of a column, as a chart refers to them."""
    name = laid.sheet.get_name().replace("'", "''")
    return f"='{name}'!{xl_range_abs(laid.first, at, laid.last, at)}"
