"""Tables of hundreds and thousands of lines, as blocks of lines that stand side by side on each page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.documents.pages.layout import Column, Table
from reports.documents.pdf.values import Values
from reports.documents.pdf.widths import EM, blanks, cut, of_figures, of_words

LONG = 250
"""Rows from which a table is such a list."""
MOST_ROWS = 10_000
"""Of a PDF, two hundred pages of it, made in 220 MiB. Whoever needs more does not read it."""
FIRST_PAGE, OTHER_PAGES = 50, 52
"""Lines."""
PAGE = 174 / 3.0 * EM
"""How wide a page is, in units of the font at its size in tables, 3 mm."""
_GAP = 2 * 1328
_HEAD = 0.83
"""The size of a head beside that of its column."""
_FOR_FIGURES = 0.66
"""Of a page's width; where they need more, everything is smaller."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A column with its texts, and as wide as they are; -1 for names, which get what is left."""

    column: Column
    texts: Sequence[str]
    width: float
    widths: Sequence[int] | None = None
    """Of each text, if all of them are figures."""


def beyond(table: Table) -> int:
    """Rows that there is no room for."""
    return table.more + max(0, len(table.rows) - MOST_ROWS)


def listed(table: Table, values: Values) -> dict[str, Any]:
    rows = [*([table.first] if table.first else []), *table.rows[:MOST_ROWS]]
    shown = [(at, column) for at, column in enumerate(table.columns) if column.form != "trend"]
    columns = [
        _column(column, [values.cell(row[at], column) for row in rows], column.title) for at, column in shown
    ]
    scale = min(
        1.0, PAGE * _FOR_FIGURES / max(1, sum(each.width + _GAP for each in columns if each.width >= 0))
    )
    placed = _placed(columns, scale)
    sums = table.end(values.total)
    last = [] if sums is None else [values.cell(sums[at], column) for at, column in shown]
    return {
        "kind": "list",
        "title": table.title,
        "scale": scale,
        "columns": [
            {"title": each.column.title, "left": each.column.is_left, "x": x, "width": width}
            for each, (x, width) in zip(columns, placed, strict=True)
        ],
        "pages": _pages(columns, placed, len(rows), scale),
        "last": last,
    }


def _column(column: Column, texts: Sequence[str], title: str) -> _Filled:
    if column.is_text:
        return _Filled(column, texts, -1)
    head = max(map(of_words, title.split()), default=0) * _HEAD
    widths = [of_figures(text) for text in texts]
    known = [width for width in widths if width is not None]
    if column.is_left or len(known) < len(widths):
        return _Filled(column, texts, max(head, *map(of_words, texts), 0))
    return _Filled(column, texts, max(head, *known, 0), known)


def _placed(columns: Sequence[_Filled], scale: float) -> list[tuple[float, float]]:
    """Where each begins, and how wide it is, as parts of the page's width."""
    fixed = sum(each.width for each in columns if each.width >= 0) * scale
    gaps = _GAP * scale * (len(columns) - 1)
    shares = sum(each.column.width for each in columns if each.width < 0)
    left, x, found = max(0.0, PAGE - fixed - gaps), 0.0, []
    for each in columns:
        wide = each.width * scale if each.width >= 0 else left * each.column.width / shares
        found.append((x / PAGE, wide / PAGE))
        x += wide + _GAP * scale
    return found


def _pages(
    columns: Sequence[_Filled], placed: Sequence[tuple[float, float]], rows: int, scale: float
) -> list[dict[str, Any]]:
    blocks = [
        block
        for figures, group in groupby(
            zip(columns, placed, strict=True), lambda pair: pair[0].widths is not None
        )
        for block in (_of_figures([*group]) if figures else _of_words([*group], scale))
    ]
    starts = [0, *range(FIRST_PAGE, rows, OTHER_PAGES)]
    ends = [*starts[1:], rows]
    return [
        {
            "count": end - start,
            "blocks": [
                {"x": x, "width": width, "left": left, "lines": "\n".join(lines[start:end])}
                for x, width, left, lines in blocks
            ],
        }
        for start, end in zip(starts, ends, strict=True)
    ]


_Block = tuple[float, float, bool, list[str]]
"""Where it begins, how wide it is, whether it is to the left, and its lines."""
_Placed = Sequence[tuple[_Filled, tuple[float, float]]]


def _of_figures(group: _Placed) -> list[_Block]:
    """All their columns as one: a line is one text."""
    gap = blanks(_GAP)
    columns = [
        [
            blanks(round(each.width) - width) + text
            for text, width in zip(each.texts, each.widths or (), strict=True)
        ]
        for each, _ in group
    ]
    x, (last_x, last_width) = group[0][1][0], group[-1][1]
    return [(x, last_x + last_width - x, False, [gap.join(line) for line in zip(*columns, strict=True)])]


def _of_words(group: _Placed, scale: float) -> list[_Block]:
    return [
        (x, width, each.column.is_left, [cut(text, round(width * PAGE / scale)) for text in each.texts])
        if each.width < 0
        else (x, width, each.column.is_left, list(each.texts))
        for each, (x, width) in group
    ]
