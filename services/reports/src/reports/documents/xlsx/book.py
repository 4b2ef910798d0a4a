"""A page as a workbook. The same page is the same bytes: nothing in it tells when it was made."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.documents.pages.layout import Chart, Column, Heat, KeyFigure, Page, Table
from reports.documents.pages.shared import left_out
from reports.documents.readers import Reader
from reports.documents.xlsx import charts
from reports.documents.xlsx.formats import BAD, GOOD, INK, LINE, MUTED, Cells, Formats
from reports.documents.xlsx.sheets import Laid, lay_heat, lay_table, set_up

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # the file has no time zone, and tells no time
_MOST_CHARTS = 3
_SETTINGS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write(page: Page, reader: Reader, file: IO[bytes]) -> None:
    with Workbook(file, _SETTINGS) as book:
        book.set_properties({"title": page.title, "subject": page.subtitle, "created": _CREATED})
        formats, total = Formats(book), reader.gettext("Total")
        cover = book.add_worksheet(reader.gettext("Summary"))
        names = _Names(cover.get_name())
        laid = {
            id(table): lay_table(book.add_worksheet(names.new(table.title)), table, formats, total)
            for table in _tables(page)
        }
        for heat in (part for part in page.parts if isinstance(part, Heat)):
            lay_heat(book.add_worksheet(names.new(heat.title)), heat, formats)
        end = _Cover(cover, formats, reader).write(page, list(laid.values()))
        _draw(cover, end + 2, islice(_charts(book, page, laid), _MOST_CHARTS))


class _Names:
    """Of sheets: 31 characters, of which some are forbidden, and none twice."""

    def __init__(self, *taken: str) -> None:
        self._taken = {name.lower() for name in taken}

    def new(self, title: str) -> str:
        plain = re.sub(r"[\[\]:*?/\\']", " ", title.partition(":")[0]).strip() or "-"
        found = (name for name in self._candidates(plain) if name.lower() not in self._taken)
        name = next(found)
        self._taken.add(name.lower())
        return name

    def _candidates(self, plain: str) -> Iterator[str]:
        yield plain[:31].strip()
        for number in range(2, 1000):
            yield f"{plain[:26].strip()} {number}"


def _tables(page: Page) -> Sequence[Table]:
    """All of them, and those that only a chart is drawn from, each once."""
    found: dict[int, Table] = {}
    for part in page.parts:
        match part:
            case Table():
                found[id(part)] = part
            case (first, second):
                found |= {id(first): first, id(second): second}
            case Chart(of=Table() as table):
                found[id(table)] = table
    return [table for table in found.values() if table.rows or table.first]


class _Cover:
    def __init__(self, sheet: Worksheet, formats: Formats, reader: Reader) -> None:
        self._sheet, self._formats, self._reader = sheet, formats, reader
        self._cells = Cells(sheet, formats)

    def write(self, page: Page, laid: Sequence[Laid]) -> int:
        """All but the charts. The row below it."""
        self._sheet.set_column(0, 0, 34)
        self._sheet.set_column(1, 1, 20)
        self._sheet.set_column(2, 2, 16)
        self._sheet.set_column(3, 8, 11)
        self._text(0, page.title, font_size=22, bold=True)
        self._sheet.set_row(0, 34)
        self._text(1, page.subtitle, font_size=12, font_color=MUTED)
        self._text(2, page.currency, font_color=MUTED)
        row = self._figures(4, page.figures)
        for note in self._notes(page, laid):
            self._text(row, note, font_color=BAD)
            row += 1
        set_up(self._sheet, page.title, wide=False)
        return row

    def _figures(self, row: int, figures: Sequence[KeyFigure]) -> int:
        for figure in figures:
            self._sheet.set_row(row, 22)
            self._text(row, figure.label, font_color=MUTED, bottom=4, bottom_color=LINE, valign="vcenter")
            self._figure(row, figure)
            row += 1
        return row + 1

    def _figure(self, row: int, figure: KeyFigure) -> None:
        looks = {"bottom": 4, "bottom_color": LINE, "valign": "vcenter"}
        column = Column(figure.label, figure.form, figure.currency)
        self._cells.put(row, 1, figure.value, column, looks | {"bold": True, "font_size": 13})
        color = {"good": GOOD, "bad": BAD, "": MUTED}[figure.mood]
        self._cells.put(row, 2, figure.change, Column("", "change"), looks | {"font_color": color})

    def _notes(self, page: Page, laid: Sequence[Laid]) -> Iterator[str]:
        if not page.parts:
            yield page.empty
        yield from page.notes
        if self._cells.rounded or any(each.cells.rounded for each in laid):
            yield self._reader.gettext(
                "Numbers of more than 15 digits are rounded here; JSON has them exactly."
            )
        for each in laid:
            if each.cut:
                yield left_out(self._reader, each.cut)

    def _text(self, row: int, text: str, **looks: Any) -> None:
        self._sheet.write_string(row, 0, text, self._formats(**{"font_color": INK, **looks}))


def _draw(cover: Worksheet, row: int, charts: Iterable[Any]) -> None:
    """From that row on, one chart after the other."""
    for number, made in enumerate(charts):
        cover.insert_chart(row + 16 * number, 0, made, {"object_position": 3})


def _charts(book: Workbook, page: Page, laid: dict[int, Laid]) -> Iterator[Any]:
    for part in page.parts:
        match part:
            case Chart(of=Table() as table) if id(table) in laid:
                yield charts.over_time(book, part, laid[id(table)])
            case Table(bar=int()) if id(part) in laid:
                yield charts.ranking(book, part, laid[id(part)])
            case (Table() as first, Table()) if first.bar is not None and id(first) in laid:
                yield charts.ranking(book, first, laid[id(first)])
