"""The picture of one roll: what each build handled in each second, as SVG, which needs no library."""

from collections.abc import Iterable, Iterator
from html import escape

from rolling.changes import ROOT
from rolling.results import Result

PICTURE = ROOT / "docs/rolling.svg"
SHOWN = ("consumers first", "valkey", "SIGKILL")

WIDTH, LEFT, RIGHT = 860, 60, 16
PANEL, GAP, TOP, BOTTOM = 110, 46, 82, 34
COLOURS = ("#8a8f98", "#1f6f54", "#b58a3c")
FONT = 'font-family="system-ui, sans-serif" font-size="12"'
WHAT = {
    "orders": "orders accepted",
    "emails": "receipts sent by emails",
    "reports": "sales recorded by reports",
}


def write(results: Iterable[Result]) -> None:
    """Write docs/rolling.svg, where that roll was measured."""
    for result in results:
        if (result.scenario, result.broker, result.how) == SHOWN and not result.without and result.mesh:
            PICTURE.write_text(svg(result))


def svg(result: Result) -> str:
    """A panel for each service, one below the other."""
    versions = sorted({version for of in result.series.values() for version in of})
    colours = dict(zip(versions, COLOURS, strict=False))
    seconds = max(len(counts) for of in result.series.values() for counts in of.values())
    height = TOP + len(WHAT) * (PANEL + GAP) - GAP + BOTTOM
    box = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {box} {FONT}>']
    parts += [f'<rect width="{WIDTH}" height="{height}" fill="white"/>', *_title(result, colours)]
    for number, service in enumerate(WHAT):
        parts += _panel(result, service, TOP + number * (PANEL + GAP), seconds, colours)
    parts += _seconds(seconds, height - BOTTOM)
    return "\n".join([*parts, "</svg>", ""])


def _title(result: Result, colours: dict[str, str]) -> Iterator[str]:
    text = f"{result.scenario}, {result.how}, on {result.broker.title()}: messages handled per second"
    yield f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(text)}</text>'
    for number, (version, colour) in enumerate(colours.items()):
        x = LEFT + 130 * number
        yield f'<rect x="{x}" y="30" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="41">build {escape(version)}</text>'
    x = LEFT + 130 * len(colours)
    yield f'<path d="M{x + 6} 29v14" stroke="#b3261e" stroke-width="1.5"/>'
    yield f'<text x="{x + 18}" y="41">processes are replaced</text>'


def _panel(result: Result, service: str, top: int, seconds: int, colours: dict[str, str]) -> Iterator[str]:
    series = result.series.get(service, {})
    most = max((sum(column) for column in _columns(series, seconds)), default=0) or 1
    floor, width = top + PANEL, (WIDTH - LEFT - RIGHT) / seconds
    yield f'<text x="{LEFT}" y="{top - 8}" fill="#555">{WHAT[service]}</text>'
    yield from _axis(floor, most)
    for second, column in enumerate(_columns(series, seconds)):
        y = float(floor)
        for version, count in zip(series, column, strict=True):
            tall = count * PANEL / most
            y -= tall
            at = f'x="{LEFT + second * width:.1f}" y="{y:.1f}" width="{width - 0.6:.1f}" height="{tall:.1f}"'
            yield f'<rect {at} fill="{colours[version]}"/>' if count else ""
    for at, replaced, _ in result.marks:
        if replaced == service:
            yield f'<path d="M{LEFT + at * width:.1f} {top}V{floor}" stroke="#b3261e" stroke-width="1.5"/>'


def _columns(series: dict[str, list[int]], seconds: int) -> list[tuple[int, ...]]:
    """Of each second, the counts of each version."""
    padded = [[*counts, *[0] * (seconds - len(counts))] for counts in series.values()]
    return list(zip(*padded, strict=True))


def _axis(floor: int, most: int) -> Iterator[str]:
    yield f'<path d="M{LEFT} {floor}H{WIDTH - RIGHT}M{LEFT} {floor - PANEL}h-4" stroke="#999" fill="none"/>'
    yield f'<text x="{LEFT - 8}" y="{floor - PANEL + 9}" text-anchor="end" fill="#555">{most}</text>'
    yield f'<text x="{LEFT - 8}" y="{floor}" text-anchor="end" fill="#555">0</text>'


def _seconds(seconds: int, top: int) -> Iterator[str]:
    width = (WIDTH - LEFT - RIGHT) / seconds
    for second in range(0, seconds, 5):
        x = LEFT + second * width
        yield f'<text x="{x:.1f}" y="{top + 18}" text-anchor="middle" fill="#555">{second} s</text>'
