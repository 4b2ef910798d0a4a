"""What reports is to reach, and how it stands."""

import statistics
from collections.abc import Iterator
from typing import Any

from bench.parts import Results
from bench.targets import Target

STEPS = 20_000
"""Events a second from the landing table to the figures."""
BROKER = 5_000
"""Events a second from the broker to the figures, on one worker."""
PDF = 2.0
"""Seconds for the PDF of a month."""
MEMORY = 300
"""MiB of the largest process."""


def targets(results: Results) -> Iterator[Target]:
    """Of the parts that there are."""
    if "steps" in results:
        yield from _steps(results)
    if "broker" in results:
        rate = statistics.median(one.rate for one in results["broker"].measurements)
        yield Target("broker to figures, one worker", f">= {BROKER:,}/s", f"{rate:,.0f}/s", rate >= BROKER)
    if "files" in results:
        yield from _pdfs(results)
    memory = [one.memory for name in ("broker", "files") for one in _ours(results, name)]
    if memory:
        yield Target("largest process", f"<= {MEMORY} MiB", f"{max(memory):.0f} MiB", max(memory) <= MEMORY)


def _steps(results: Results) -> Iterator[Target]:
    found = results["steps"].measurements
    least = min(
        statistics.median(one.rate for one in found if one.before >= before and one.connections == 2)
        for before in (0, max(one.before for one in found) // 2)
    )
    yield Target("landing to figures, two at a time", f">= {STEPS:,}/s", f"{least:,.0f}/s", least >= STEPS)


def _pdfs(results: Results) -> Iterator[Target]:
    found = [one for one in _ours(results, "files") if one.format == "pdf" and not one.lines]
    for kind in dict.fromkeys(one.kind for one in found):
        seconds = statistics.median(one.seconds for one in found if one.kind == kind)
        yield Target(f"{kind}.pdf of a month", f"< {PDF:g} s", f"{seconds:.2f} s", seconds < PDF)


def _ours(results: Results, name: str) -> list[Any]:
    found = results[name].measurements if name in results else []
    return [one for one in found if getattr(one, "who", "mesh") == "mesh"]
