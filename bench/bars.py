"""Bars, as SVG, which needs no library and reads well in a diff."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

WIDTH, BAR, GAP = 860, 18, 5
LABEL = 170  # left of the bars
PANEL = (WIDTH - LABEL) // 2  # two beside each other
HEAD = 52  # above the bars
NUMBER = 60  # right of the longest bar
COLOURS = {"mesh": "#1f6f54", "Celery": "#8a8f98", "FastAPI, send_task": "#8a8f98", "bare client": "#d9dbdf"}
OTHERS = "#b58a3c"
FONT = 'font-family="system-ui, sans-serif" font-size="12"'
BOLD = 'font-size="15" font-weight="bold"'


def picture(parts: Iterable[str], height: int) -> str:
    """The whole document."""
    box = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} {FONT}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{height}" fill="white"/>', *parts, "</svg>", ""])


def height(bars: int) -> int:
    """Of a chart with so many below each other, and of the gap below it."""
    return HEAD + bars * (BAR + GAP) + 16


def chart(
    about: str, panels: Mapping[str, Mapping[str, float]], top: int, form: str = "{:,.0f}"
) -> Iterator[str]:
    """Two panels beside each other, by title; the bars of one are of one scale, and have the same names."""
    yield text(8, top + 22, about, BOLD)
    for number, name in enumerate(next(iter(panels.values()))):
        yield text(LABEL - 8, top + HEAD + number * (BAR + GAP) + 13, name, 'text-anchor="end"')
    for number, (title, values) in enumerate(panels.items()):
        yield from _panel(title, values, LABEL + number * PANEL, top, form)


def text(x: int, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" {more}>{escape(words)}</text>'


def _panel(title: str, values: Mapping[str, float], left: int, top: int, form: str) -> Iterator[str]:
    yield text(left, top + 42, title, 'fill="#555"')
    scale = (PANEL - NUMBER) / max(values.values())
    for number, (name, value) in enumerate(values.items()):
        y, width = top + HEAD + number * (BAR + GAP), max(1, round(value * scale))
        yield f'<rect x="{left}" y="{y}" width="{width}" height="{BAR}" fill="{_colour(name)}"/>'
        yield text(left + width + 5, y + 13, form.format(value))


def _colour(name: str) -> str:
    return next((colour for start, colour in COLOURS.items() if name.startswith(start)), OTHERS)
