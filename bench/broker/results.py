"""What is kept: `results/broker.json`, in parts, each of which a run of its own can renew.

    {"rounds": {<broker>: {"machine": {…}, "measurements": […]}},
     "backlog": {<broker>: {"machine": {…}, "measurements": […]}}}

`broker.md` and `broker.svg` are made anew from all of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.broker.backlog import Backlog
from bench.broker.measure import Drain, Measurement
from bench.parts import FOLDER

FILE = FOLDER / "broker.json"


@dataclass(frozen=True)
class Part:
    """What was measured on one broker, and on which machine."""

    machine: Mapping[str, str]
    measurements: Sequence[Any]
    """`Measurement`s, or `Backlog`s."""


@dataclass
class Results:
    """By name of the broker."""

    rounds: dict[str, Part]
    backlog: dict[str, Part]

    @classmethod
    def load(cls) -> "Results":
        """What was kept last; nothing where there is nothing."""
        kept = json.loads(FILE.read_text()) if FILE.exists() else {"rounds": {}, "backlog": {}}
        return cls(
            {broker: _part(part, _measurement) for broker, part in kept["rounds"].items()},
            {broker: _part(part, lambda m: Backlog(**m)) for broker, part in kept["backlog"].items()},
        )

    def renew_backlog(self, broker: str, part: Part) -> None:
        """Of the contestants in `part`; those that did not run keep what they have."""
        ran = {m.contestant for m in part.measurements}
        known = self.backlog[broker].measurements if broker in self.backlog else ()
        others = [m for m in known if m.contestant not in ran]
        self.backlog[broker] = Part(part.machine, [*others, *part.measurements])

    def save(self) -> None:
        FOLDER.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(asdict(self), indent=1) + "\n")


def _part(kept: dict[str, Any], read: Any) -> Part:
    return Part(kept["machine"], [read(m) for m in kept["measurements"]])


def _measurement(kept: dict[str, Any]) -> Measurement:
    return Measurement(**{**kept, "drain": Drain(**kept["drain"])})
