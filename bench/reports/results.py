"""What is kept: `results/reports.json`, in parts, each of which a run of its own can renew.

{"steps": {"machine": {…}, "orders": 1000000, "measurements": […]}, "broker": …, "rebuild": …, "files": …}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.reports.files import Made
from bench.reports.rebuilt import Rebuilt
from bench.reports.steps import Taken
from bench.reports.worker import Drained

FOLDER = Path(__file__).parents[1] / "results"
FILE = FOLDER / "reports.json"
KINDS: dict[str, type[Any]] = {"steps": Taken, "broker": Drained, "rebuild": Rebuilt, "files": Made}
"""The parts, and what each consists of."""


@dataclass(frozen=True)
class Part:
    """What was measured, on which machine."""

    machine: Mapping[str, str]
    orders: int
    """Of the month."""
    measurements: Sequence[Any]


Results = dict[str, Part]


def load() -> Results:
    """What was kept last."""
    kept: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {name: _part(name, kept[name]) for name in KINDS if name in kept}


def save(results: Results) -> None:
    FILE.write_text(json.dumps({name: asdict(part) for name, part in results.items()}, indent=1) + "\n")


def _part(name: str, kept: dict[str, Any]) -> Part:
    return Part(kept["machine"], kept["orders"], [KINDS[name](**one) for one in kept["measurements"]])
