"""What the API is to reach: ratios to the first baseline in the same run, and to itself with few orders."""

from collections.abc import Iterator, Mapping

from bench.api import sizes
from bench.api.apis import MESH, SEND_TASK
from bench.api.memory import FLAT, Memory
from bench.api.results import MEMORY, SIZES
from bench.api.summary import Case, Summary, summaries
from bench.parts import Results
from bench.targets import Target

RATES = {"placing": 3.0, "reading": 4.0}
TAIL = 0.5
"""Of the baseline's p99, when orders are placed."""
APART = 0.20
"""How far few and many orders may be from each other."""


def targets(results: Results) -> Iterator[Target]:
    """Of the parts that there are."""
    for kind, wanted in RATES.items():
        if kind in results:
            yield from _beside(summaries(results[kind].measurements), wanted)
    if SIZES in results:
        yield from _sizes(summaries(results[SIZES].measurements))
    if MEMORY in results:
        [memory] = results[MEMORY].measurements
        yield _flat(memory)


def _beside(found: Mapping[Case, Summary], wanted: float) -> Iterator[Target]:
    for (api, kind, connections), mesh in found.items():
        if api != MESH:
            continue
        baseline, over = found[SEND_TASK, kind, connections], f"over {connections}"
        ratio, tail = mesh.rate / baseline.rate, mesh.p99 / baseline.p99
        yield Target(f"{kind} {over}: a second", f">= {wanted:g} x", f"{ratio:.2f} x", ratio >= wanted)
        if kind == "placing":
            yield Target(f"{kind} {over}: p99", f"<= {TAIL:g} x", f"{tail:.2f} x", tail <= TAIL)


def _sizes(found: Mapping[Case, Summary]) -> Iterator[Target]:
    for kind, (few, _) in sizes.KINDS.items():
        many = found[sizes.MANY, kind, sizes.CONNECTIONS].rate
        ratio = many / found[few, kind, sizes.CONNECTIONS].rate
        within = 1 - APART <= ratio <= 1 / (1 - APART)
        yield Target(f"{kind}: many beside {few}", f"within {APART:.0%}", f"{ratio - 1:+.0%}", within)


def _flat(memory: Memory) -> Target:
    growth = memory.growth
    return Target("memory in an hour", f"< {FLAT:+.0%}", f"{growth:+.1%}", growth < FLAT)
