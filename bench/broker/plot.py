"""The plot: bars, as SVG, which needs no library and reads well in a diff."""

from collections.abc import Iterator, Mapping
from html import escape

from bench.broker.results import Results
from bench.broker.summary import Summary, summaries

WIDTH, BAR, GAP = 860, 18, 5
LABEL = 170  # left of the bars
PANEL = (WIDTH - LABEL) // 2  # drain, then publish
HEAD = 52  # above the bars of a broker
NUMBER = 60  # right of the longest bar
COLOURS = {"mesh": "#1f6f54", "Celery": "#8a8f98", "bare client": "#d9dbdf"}
OTHERS = "#b58a3c"
FONT = 'font-family="system-ui, sans-serif" font-size="12"'


def svg(results: Results) -> str:
    """All brokers below each other. Bars of a broker's panel are of one scale."""
    parts: list[str] = []
    top = 0
    for broker, part in results.rounds.items():
        found = summaries(part.measurements)
        parts += _broker(part.machine.get("broker", broker), found, top)
        top += HEAD + len(found) * (BAR + GAP) + 16
    box = f'viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} {FONT}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>", ""])


def _broker(title: str, found: Mapping[str, Summary], top: int) -> Iterator[str]:
    yield f'<text x="8" y="{top + 22}" font-size="15" font-weight="bold">{escape(title)}</text>'
    for number, name in enumerate(found):
        y = top + HEAD + number * (BAR + GAP)
        yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
    drain = {name: s.drained for name, s in found.items()}
    publish = {name: s.published for name, s in found.items()}
    yield from _panel("drained a second", drain, LABEL, top)
    yield from _panel("published a second", publish, LABEL + PANEL, top)


def _panel(title: str, rates: Mapping[str, float], left: int, top: int) -> Iterator[str]:
    yield f'<text x="{left}" y="{top + 42}" fill="#555">{title}</text>'
    scale = (PANEL - NUMBER) / max(rates.values())
    for number, (name, rate) in enumerate(rates.items()):
        y, width = top + HEAD + number * (BAR + GAP), max(1, round(rate * scale))
        yield f'<rect x="{left}" y="{y}" width="{width}" height="{BAR}" fill="{_colour(name)}"/>'
        yield f'<text x="{left + width + 5}" y="{y + 13}">{rate:,.0f}</text>'


def _colour(name: str) -> str:
    return next((colour for start, colour in COLOURS.items() if name.startswith(start)), OTHERS)
