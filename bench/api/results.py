"""What is kept: `results/api.json`, in parts, each of which a run of its own can renew.

    {"placing": {"machine": {…}, "orders": 0, "measurements": […]},
     "reading": …, "listing": …, "sizes": …, "memory": …}

`api.md` and `api.svg` are made anew from all of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.api.measure import Measurement
from bench.api.memory import Memory

FOLDER = Path(__file__).parents[1] / "results"
FILE = FOLDER / "api.json"
SIZES, MEMORY = "sizes", "memory"


@dataclass(frozen=True)
class Part:
    """What was measured, on which machine."""

    machine: Mapping[str, str]
    orders: int
    """In the largest table beforehand."""
    measurements: Sequence[Any]
    """`Measurement`s, or one `Memory`."""


Results = dict[str, Part]


def load() -> Results:
    """What was kept last."""
    kept: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {name: _part(name, part) for name, part in kept.items()}


def save(results: Results) -> None:
    FOLDER.mkdir(exist_ok=True)
    FILE.write_text(json.dumps({name: asdict(part) for name, part in results.items()}, indent=1) + "\n")


def _part(name: str, kept: dict[str, Any]) -> Part:
    read = Memory if name == MEMORY else Measurement
    return Part(kept["machine"], kept["orders"], [read(**one) for one in kept["measurements"]])
