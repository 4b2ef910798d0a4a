"""What is kept: `results/api.json`; `api.md` and `api.svg` are made of it. `orders`: in the largest table."""

from collections.abc import Callable, Mapping
from typing import Any

from bench import parts
from bench.api import beside
from bench.api.measure import Measurement
from bench.api.memory import Memory
from bench.parts import Results

SIZES, MEMORY = "sizes", "memory"
KINDS: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys((*beside.KINDS, SIZES), Measurement),
    MEMORY: Memory,
}
"""The parts, and what each consists of: one `Memory`."""


def load() -> Results:
    """What was kept last."""
    return parts.load("api", KINDS)


def save(results: Results) -> None:
    parts.save("api", results)
