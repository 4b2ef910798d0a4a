"""Native charts, which draw from the cells of the sheets: whoever changes a cell changes the picture."""

from typing import Any

from xlsxwriter.workbook import Workbook

from reports.documents.pages.layout import Chart, Table
from reports.documents.xlsx.formats import CALM, FONT, INK, LINE, MUTED, plain_format
from reports.documents.xlsx.sheets import Laid, cells_of

SIZE = {"width": 760, "height": 300}
_SMALL = {"name": FONT, "size": 9, "color": MUTED}


def over_time(book: Workbook, chart: Chart, laid: Laid) -> Any:
    made = _made(book, "column", chart.title, laid, chart.at)
    date_axis = chart.of is not None and chart.of.columns[0].form == "day"
    x: dict[str, Any] = {"num_font": _SMALL, "line": {"color": LINE}, "major_tick_mark": "none"}
    made.set_x_axis(x | ({"date_axis": True, "num_format": "d"} if date_axis else {}))
    made.set_y_axis(_axis(plain_format(chart.form, chart.currency)))
    return made


def ranking(book: Workbook, table: Table, laid: Laid) -> Any:
    at = table.bar or 0
    made = _made(book, "bar", table.title, laid, at)
    made.set_y_axis({"reverse": True, "num_font": _SMALL, "line": {"color": LINE}, "major_tick_mark": "none"})
    made.set_x_axis(_axis(plain_format(table.columns[at].form, table.columns[at].currency)))
    return made


def _made(book: Workbook, kind: str, title: str, laid: Laid, at: int) -> Any:
    made: Any = book.add_chart({"type": kind})
    made.add_series(
        {
            "name": title,
            "categories": cells_of(laid, 0),
            "values": cells_of(laid, at),
            "fill": {"color": CALM},
            "gap": 45,
        }
    )
    made.set_title({"name": title, "name_font": {"name": FONT, "size": 12, "color": INK}, "overlay": False})
    made.set_legend({"none": True})
    made.set_chartarea({"border": {"none": True}})
    made.set_size(SIZE)
    return made


def _axis(format: str | int) -> dict[str, Any]:
    lines = {"visible": True, "line": {"color": LINE, "width": 0.5}}
    return {"num_format": format, "num_font": _SMALL, "major_gridlines": lines, "line": {"none": True}}
