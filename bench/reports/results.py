"""What is kept: `results/reports.json`; `reports.md` is made of it. `orders`: of the month."""

from typing import Any

from bench import parts
from bench.parts import Results
from bench.reports.files import Made
from bench.reports.rebuilt import Rebuilt
from bench.reports.steps import Taken
from bench.reports.worker import Drained

KINDS: dict[str, type[Any]] = {"steps": Taken, "broker": Drained, "rebuild": Rebuilt, "files": Made}
"""The parts, and what each consists of."""


def load() -> Results:
    """What was kept last."""
    return parts.load("reports", KINDS)


def save(results: Results) -> None:
    parts.save("reports", results)
