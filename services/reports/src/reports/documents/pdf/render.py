"""Data in, PDF out. Nothing is read but the templates and fonts of this package, and nothing is fetched.

typst starts threads when it is used, and hangs in a child that is forked after that: so this is imported by
whoever renders, and never before a fork.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst
from typst import Fonts

from reports.documents.pages.layout import KeyFigure, Page, Table
from reports.documents.pages.shared import left_out
from reports.documents.pdf.lists import beyond
from reports.documents.pdf.parts import Parts
from reports.documents.pdf.values import Values
from reports.documents.readers import Reader

_PACKAGE = Path(__file__).parents[1]
_WIDE = 13
"""Characters of a key figure: longer ones are written smaller."""


def pdf(page: Page, reader: Reader) -> bytes:
    data = _data(page, reader)
    lists = any(part["kind"] == "list" for part in data["parts"])
    return typst.compile(
        _PACKAGE / "typst" / "report.typ",
        root=_PACKAGE / "typst",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_tags=not lists,  # lists have no structure to tell, and tags would make them thrice as large
    )


@cache
def _fonts() -> Fonts:
    """Those of this package, and no others: a page looks alike wherever it is made."""
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_PACKAGE / "fonts"])


def _data(page: Page, reader: Reader) -> dict[str, Any]:
    parts, values = Parts(reader), Values(reader)
    return {
        "language": reader.language,
        "title": page.title,
        "subtitle": page.subtitle,
        "currency": page.currency,
        "compared": page.compared if any(figure.change is not None for figure in page.figures) else "",
        "figures": [_figure(figure, values) for figure in page.figures],
        "notes": [*page.notes, *_cut(page, reader)],
        "parts": [parts.data(part) for part in page.parts],
        "empty": "" if page.parts else page.empty,
    }


def _figure(figure: KeyFigure, values: Values) -> dict[str, Any]:
    by, value = figure.change, values.figure(figure)
    return {
        "label": figure.label,
        "value": value,
        "scale": min(1.0, _WIDE / len(value)),
        "change": "" if by is None else values.change(by),
        "up": by is not None and by > 0,
        "down": by is not None and by < 0,
        "mood": figure.mood,
    }


def _cut(page: Page, reader: Reader) -> list[str]:
    lengths = (beyond(part) for part in page.parts if isinstance(part, Table))
    return [left_out(reader, length) for length in lengths if length]
