"""The parts of a page as data for the templates: all text is written, all lengths are parts of one."""

import re
from collections.abc import Sequence
from typing import Any, assert_never

from reports.documents.kinds.amounts import ratio
from reports.documents.pages.layout import Chart, Column, Heat, Part, Table, Value
from reports.documents.pdf.lists import LONG, listed
from reports.documents.pdf.scales import scale
from reports.documents.pdf.values import Values
from reports.documents.pdf.widths import EM, of_figures, of_words
from reports.documents.readers import Reader

_FULL, _HALF = 174 / 3.0 * EM, 82 / 3.0 * EM
_MOST_LABELS = 31
_FOR_FIGURES = 0.72
_LONG_WORD = re.compile(r"\S{14}(?=\S)")


class Parts:
    def __init__(self, reader: Reader) -> None:
        self._reader, self._values = reader, Values(reader)

    def data(self, part: Part) -> dict[str, Any]:
        match part:
            case Table():
                return listed(part, self._values) if len(part.rows) > LONG else self._table(part, _FULL)
            case Chart():
                return self._chart(part)
            case Heat():
                return self._heat(part)
            case (first, second):
                return {"kind": "pair", "tables": [self._table(each, _HALF) for each in (first, second)]}
        assert_never(part)

    def _table(self, table: Table, room: float) -> dict[str, Any]:
        first, *rows, last = (
            self._row(row, table.columns) if row else []
            for row in (table.first, *table.rows, table.end(self._values.total))
        )
        lines = [line for line in (first, *rows, last) if line]
        widths = [_width(column, [line[at] for line in lines]) for at, column in enumerate(table.columns)]
        return {
            "kind": "table",
            "title": table.title,
            "scale": min(1.0, room * _FOR_FIGURES / max(1, sum(widths))),
            "columns": [_column(c, width) for c, width in zip(table.columns, widths, strict=True)],
            "rows": rows,
            "first": first,
            "last": last,
            "bars": _bars(table),
        }

    def _row(self, row: Sequence[Value], columns: Sequence[Column]) -> list[Any]:
        return [
            _trend(value) if column.form == "trend" else _breakable(self._values.cell(value, column), column)
            for value, column in zip(row, columns, strict=True)
        ]

    def _chart(self, chart: Chart) -> dict[str, Any]:
        values = [value for _, value in chart.points]
        axis, step = scale(values), -(-len(values) // _MOST_LABELS)
        best = max(range(len(values)), key=values.__getitem__, default=None)
        return {
            "kind": "chart",
            "title": chart.title,
            "zero": axis.part(0),
            "ticks": [{"at": axis.part(tick), "label": self._tick(tick, chart)} for tick in axis.ticks],
            "points": [
                {
                    "value": axis.part(value),
                    "label": label.partition("\n")[0] if at % step == 0 else "",
                    "below": label.partition("\n")[2],
                    "mark": self._values.cell(value, _as_column(chart)) if at == best and value > 0 else "",
                }
                for at, (label, value) in enumerate(chart.points)
            ],
        }

    def _tick(self, value: int, chart: Chart) -> str:
        return self._reader.compact(value, chart.currency if chart.form == "money" else "")

    def _heat(self, heat: Heat) -> dict[str, Any]:
        most = max((value for line in heat.values for value in line), default=0)
        return {
            "kind": "heat",
            "title": heat.title,
            "across": heat.across,
            "lines": [
                {
                    "label": label,
                    "fields": [
                        {
                            "part": max(0.0, ratio(value, most) or 0.0),
                            "shown": self._reader.compact(value, "") if value else "",
                        }
                        for value in line
                    ],
                }
                for label, line in zip(heat.down, heat.values, strict=True)
            ],
        }


def _as_column(chart: Chart) -> Column:
    return Column("", chart.form, chart.currency)


def _column(column: Column, width: float) -> dict[str, Any]:
    return {
        "title": column.title,
        "left": column.is_left,
        "trend": column.form == "trend",
        "em": width / EM,
        "fr": column.width,
    }


def _width(column: Column, texts: Sequence[Any]) -> float:
    """Of a column of figures; 0 for one of words, which gets its part of what is left."""
    if column.is_text:
        return 0
    if column.form == "trend":
        return 7 * EM
    known = [of_figures(text) or of_words(text) for text in texts]
    return max(*known, 0, *(of_words(word) * 0.83 for word in column.title.split())) * 1.03


def _bars(table: Table) -> list[float]:
    """As parts of the longest; none below nothing."""
    if table.bar is None:
        return []
    values = [row[table.bar] for row in table.rows]
    numbers = [value if isinstance(value, int) else 0 for value in values]
    most = max([0, *numbers])
    return [max(0.0, ratio(number, most) or 0.0) for number in numbers]


def _breakable(text: str, column: Column) -> str:
    """A word without end may be broken: it would go on over its neighbours."""
    return _LONG_WORD.sub("\\g<0>\u200b", text) if column.is_text else text


def _trend(value: Value) -> list[float]:
    values = value if isinstance(value, tuple) else ()
    numbers = [each for each in values if isinstance(each, int)]
    low, high = min(numbers, default=0), max(numbers, default=0)
    return [ratio(each - low, high - low) or 0.0 for each in numbers]
