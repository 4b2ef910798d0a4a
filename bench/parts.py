"""What is kept: `results/<name>.json`, in parts, each of which a run of its own can renew.

    {"<part>": {"machine": {…}, "orders": 1000000, "measurements": […]}, …}

What is shown of it (`.md`, `.svg`) is made anew from all of it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Part:
    """What was measured, on which machine."""

    machine: Mapping[str, str]
    orders: int
    """That it was measured with; 0, where parts do not differ in that."""
    measurements: Sequence[Any]


Results = dict[str, Part]


def load(name: str, kinds: Mapping[str, Callable[..., Any]]) -> Results:
    """What was kept last. `kinds`: what each part consists of."""
    file = _file(name)
    kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return {part: _part(of, kinds[part]) for part, of in kept.items()}


def save(name: str, results: Results) -> None:
    FOLDER.mkdir(exist_ok=True)
    document = {part: asdict(of) for part, of in results.items()}
    _file(name).write_text(json.dumps(document, indent=1) + "\n")


def facts(machine: Mapping[str, str]) -> str:
    """For people: a line for each."""
    return "\n".join(f"* {name}: {value}" for name, value in machine.items())


def _file(name: str) -> Path:
    return FOLDER / f"{name}.json"


def _part(kept: dict[str, Any], kind: Callable[..., Any]) -> Part:
    return Part(kept["machine"], kept["orders"], [kind(**one) for one in kept["measurements"]])
