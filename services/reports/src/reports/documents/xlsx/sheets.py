"""A table as a sheet: a header that stays, columns as wide as what is in them, sums as formulas."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from reports.documents.pages.layout import Heat, Table, Value
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
_BOLD = {"bold": True}
_END = {**_BOLD, "top": 1, "top_color": INK}


class Laid:
    """A table in its sheet: where its rows and columns are."""

    def __init__(self, sheet: Worksheet, table: Table, formats: Formats) -> None:
        self.sheet, self.table, self.cells = sheet, table, Cells(sheet, formats)
        self.cut = max(0, len(table.rows) - MOST_ROWS)
        """Rows that there was no room for."""
        self.first = 2 if table.first else 1
        self.last = self.first + len(table.rows) - self.cut - 1
        shown = [at for at, column in enumerate(table.columns) if column.form != "trend"]
        self.places = {at: place for place, at in enumerate(shown)}
        """Of the table's columns in the sheet. How something went is a picture, and has none."""

    def name(self, at: int) -> str:
        """Of a column of the table, as formulas call it."""
        name: str = xl_col_to_name(self.places[at])
        return name


def lay_table(sheet: Worksheet, table: Table, formats: Formats, total: str) -> Laid:
    laid = Laid(sheet, table, formats)
    _head(laid, formats)
    if table.first:
        _opening(laid, table.first)
    for row, values in enumerate(table.rows[:MOST_ROWS], laid.first):
        _line(laid, row, values)
    if end := table.end(total):
        _end(laid, end)
    _bars(laid)
    if table.rows:
        sheet.autofilter(0, 0, laid.last, len(laid.places) - 1)
    set_up(sheet, table.title, wide=len(laid.places) > 8)
    return laid


def _head(laid: Laid, formats: Formats) -> None:
    laid.sheet.set_row(0, 32)
    for at, place in laid.places.items():
        column = laid.table.columns[at]
        title = f"{column.title}, {column.currency}" if column.currency else column.title
        width = 14 + 10 * column.width if column.is_text else _WIDTHS[column.form]
        laid.sheet.set_column(place, place, width)
        side = "left" if column.is_left else "right"
        laid.sheet.write_string(0, place, title, formats(**_HEAD, align=side))
    laid.sheet.freeze_panes(1, 0)


def _opening(laid: Laid, values: Sequence[Value]) -> None:
    for at, place in laid.places.items():
        laid.cells.put(laid.first - 1, place, values[at], laid.table.columns[at], _BOLD)


def _line(laid: Laid, row: int, values: Sequence[Value]) -> None:
    for at, place in laid.places.items():
        column = laid.table.columns[at]
        if column.running:
            more, less = map(laid.name, column.running)
            formula = f"={laid.name(at)}{row}+{more}{row + 1}-{less}{row + 1}"
            laid.cells.put_formula(row, place, formula, values[at], column, _ROW)
        else:
            laid.cells.put(row, place, values[at], column, _ROW)


def _end(laid: Laid, values: Sequence[Value]) -> None:
    """The sums of what the reader has not filtered away; a balance stays what it is."""
    row = laid.last + 1
    for at, place in laid.places.items():
        column, name = laid.table.columns[at], laid.name(at)
        if column.summed and laid.table.rows and not laid.cut:
            formula = f"=SUBTOTAL(109,{name}{laid.first + 1}:{name}{laid.last + 1})"
            laid.cells.put_formula(row, place, formula, values[at], column, _END)
        elif column.running:
            laid.cells.put_formula(row, place, f"={name}{row}", values[at], column, _END)
        else:
            laid.cells.put(row, place, values[at], column, _END)


def _bars(laid: Laid) -> None:
    if laid.table.bar is None or not laid.table.rows:
        return
    bars = {"type": "data_bar", "bar_solid": True, "bar_color": "#C9D7E4", "min_type": "num", "min_value": 0}
    bars |= {"bar_negative_color": "#E6C9C3", "bar_axis_color": BAD, "data_bar_2010": True}
    place = laid.places[laid.table.bar]
    laid.sheet.conditional_format(laid.first, place, laid.last, place, bars)


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
    """The rows of a column of its table, as a chart refers to them."""
    name, place = laid.sheet.get_name().replace("'", "''"), laid.places[at]
    return f"='{name}'!{xl_range_abs(laid.first, place, laid.last, place)}"
