"""What each process says that it handled: its log, one JSON object on a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

NOT_UNDERSTOOD = ("unknown", "contract", "malformed")


class Handled(NamedTuple):
    """Messages, by a build."""

    at: float
    service: str
    version: str
    name: str
    count: int
    ids: tuple[str, ...]
    """Of a batch, the first and the last: its log names no others."""


@dataclass
class Logs:
    """Of all processes of a roll."""

    answered: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Which build of the API answered a request, and when."""
    handled: list[Handled] = field(default_factory=list)
    requests: dict[str, str] = field(default_factory=dict)
    """The request that a message goes back to."""
    parked: set[str] = field(default_factory=set)
    """Messages that came to a build that did not understand them, and were kept."""

    _read: dict[Path, int] = field(default_factory=dict)
    """Bytes of each file that are read already."""

    def read(self, folder: Path) -> None:
        """Go on where the last time ended."""
        for file in folder.glob("*.log"):
            with file.open("rb") as log:
                log.seek(self._read.get(file, 0))
                whole, end, _ = log.read().rpartition(b"\n")
            self._read[file] = self._read.get(file, 0) + len(whole + end)
            for line in _objects(whole):
                self._add(line)

    def _add(self, line: dict[str, Any]) -> None:
        match line.get("event"):
            case "request.handled" if line["status"] == 201:
                self.answered[line["correlation_id"]] = _at(line), line["build"]
            case "effect.done":
                self.requests[line["message_id"]] = line["correlation_id"]
                self._handled(line, 1, line["message_id"])
            case "batch.handled":
                self._handled(line, line["batch"], line["first"], line["last"])
            case "message.dead_lettered" if line["reason"] in NOT_UNDERSTOOD:
                self.parked.add(line["message_id"])

    def _handled(self, line: dict[str, Any], count: int, *ids: str) -> None:
        self.handled.append(Handled(_at(line), line["service"], line["build"], line["message"], count, ids))


def _objects(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.splitlines():
        try:
            said = json.loads(line)
        except ValueError:  # what a program writes before it logs, or half a line of one that was killed
            continue
        if isinstance(said, dict):
            yield said


def _at(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()
