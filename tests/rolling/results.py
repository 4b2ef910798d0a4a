"""What was measured, as JSON: tables and the picture can be made again from it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rolling.changes import ROOT
from rolling.logs import Logs
from rolling.verdict import Verdict, Waits

FILE = ROOT / "docs/rolling.json"

Series = dict[str, dict[str, list[int]]]
"""By service and version: messages handled in each second; of orders, requests answered."""


@dataclass(frozen=True)
class Result:
    """One roll."""

    scenario: str
    broker: str
    how: str
    without: tuple[str, ...]
    """Protections that were taken away."""
    about: str
    verdict: Verdict
    waits: Waits | None
    seconds: float
    series: Series
    marks: list[tuple[float, str, str]]
    """Seconds since the first order, service, and the version that it got."""
    mesh: bool = True
    """False: plain Celery."""
    logs: str = ""
    """Where what it left is kept; empty: all went well."""

    @property
    def key(self) -> tuple[Any, ...]:
        return self.mesh, self.without, self.scenario, self.broker, self.how

    @property
    def is_wrong(self) -> bool:
        """What should be clean is not; or is, without a protection. Plain Celery is as it is."""
        seen_to_fail = not self.verdict.clean or self.verdict.parked > 0
        return self.mesh and (not seen_to_fail if self.without else not self.verdict.clean)


def series(logs: Logs, since: float) -> Series:
    """Of everything that the mesh did for the orders."""
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for at, version in logs.answered.values():
        counts["orders", version][int(at - since)] += 1
    for handled in logs.handled:
        if handled.service != "orders":
            counts[handled.service, handled.version][int(handled.at - since)] += handled.count
    found: Series = defaultdict(dict)
    for (service, version), seconds in sorted(counts.items()):
        found[service][version] = [seconds[n] for n in range(max(seconds) + 1)]
    return dict(found)


def save(results: Iterable[Result], file: Path = FILE) -> None:
    rows = [asdict(result) | {"logs": ""} for result in results]
    file.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


def load(file: Path = FILE) -> list[Result]:
    """Empty where there are none yet."""
    return [_result(**row) for row in json.loads(file.read_text())] if file.exists() else []


def _result(
    verdict: dict[str, Any], waits: dict[str, Any] | None, without: list[str], marks: list[Any], **rest: Any
) -> Result:
    return Result(
        verdict=Verdict(**verdict),
        waits=waits and Waits(**waits),
        without=tuple(without),
        marks=[(at, service, version) for at, service, version in marks],
        **rest,
    )
