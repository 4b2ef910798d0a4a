"""The plot: rates and tails as bars, memory as a line."""

from collections.abc import Iterator, Sequence

from bench.api.apis import APIS
from bench.api.beside import KINDS
from bench.api.measure import Measurement
from bench.api.memory import Memory
from bench.api.results import MEMORY
from bench.api.summary import summaries
from bench.bars import BOLD, COLOURS, HEAD, LABEL, NUMBER, WIDTH, chart, height, picture, text
from bench.parts import Results

TALL = 180
"""The panel of the line."""


def svg(results: Results) -> str:
    """What there is of it, below each other."""
    parts: list[str] = []
    top = 0
    for kind in KINDS:
        if kind in results:
            parts += _bars(kind, results[kind].measurements, top)
            top += height(len(summaries(results[kind].measurements)))
    if MEMORY in results:
        [memory] = results[MEMORY].measurements
        parts += _line(memory, top)
        top += HEAD + TALL + 40
    return picture(parts, top)


def _bars(kind: str, measurements: Sequence[Measurement], top: int) -> Iterator[str]:
    """By connections, then by API."""
    found = summaries(measurements)
    cases = sorted(found, key=lambda case: (case[2], [*APIS].index(case[0])))
    rates = {
        f"{api}, {connections}": found[api, asked, connections].rate for api, asked, connections in cases
    }
    tails = {f"{api}, {connections}": found[api, asked, connections].p99 for api, asked, connections in cases}
    return chart(kind.capitalize(), {"answers a second": rates, "p99, milliseconds": tails}, top)


def _line(memory: Memory, top: int) -> Iterator[str]:
    """From zero, so that flat looks flat."""
    most, wide, foot = 1.2 * max(memory.rss), WIDTH - LABEL - NUMBER, top + HEAD + TALL
    yield text(8, top + 22, "Memory of one API process under load", BOLD)
    yield f'<path d="M{LABEL} {top + HEAD}V{foot}H{LABEL + wide}" fill="none" stroke="#999"/>'
    for share in (0, 0.5, 1):
        at, seconds = LABEL + round(share * wide), share * len(memory.rss)
        yield text(LABEL - 8, round(foot - share * TALL) + 4, f"{share * most:.0f} MiB", 'text-anchor="end"')
        yield text(at, foot + 18, f"{seconds:.0f} s", 'text-anchor="middle"')
    step = wide / max(len(memory.rss) - 1, 1)
    points = (f"{LABEL + at * step:.1f},{foot - TALL * mib / most:.1f}" for at, mib in enumerate(memory.rss))
    yield f'<polyline points="{" ".join(points)}" fill="none" stroke="{COLOURS["mesh"]}" stroke-width="1.5"/>'
