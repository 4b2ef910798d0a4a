"""Health: a heartbeat file for each process, written by the loop that does its work.

A loop that hangs stops writing: what the file says is then old, which is how a supervisor, a
container's health check and an operator see it. No port is opened for it.
"""

import json
import os
import time
from pathlib import Path
from typing import Literal, Protocol

ROLES = ("api", "worker", "relay", "webhooks", "beat")
"""Those of all services that keep a heartbeat."""

State = Literal["starting", "ready", "waiting", "stopping"]
"""waiting: it lives, and something that it needs is away."""

FRESH = 10.0
"""Seconds after which a heartbeat counts as stopped."""

_PACE = 1.0  # seconds between two writes of the same state


class Listener(Protocol):
    """Whoever else wants to know, in words of its own and at its own pace."""

    def renew(self, state: State, needs: str) -> None:
        """It lives."""

    def end(self) -> None:
        """It ends."""


class Heartbeat:
    """Says what a process is, as long as it says anything."""

    def __init__(self, directory: Path | None, service: str, role: str, *listeners: Listener) -> None:
        self._listeners = listeners
        self._path = directory / f"{service}-{role}.json" if directory else None
        self._last: tuple[State, float] = ("stopping", 0.0)
        if directory:
            directory.mkdir(parents=True, exist_ok=True)

    def beat(self, state: State, needs: str = "") -> None:
        """Call as often as you like: it writes once a second, and when the state changes.

        `needs`: what a process that waits is waiting for. A few words, or an error's first line.
        """
        for listener in self._listeners:
            listener.renew(state, _short(needs))
        now = time.monotonic()
        if self._path is None or (self._last[0] == state and now - self._last[1] < _PACE):
            return
        self._last = (state, now)
        fresh = self._path.with_suffix(f".{os.getpid()}")
        said = {"state": state, "pid": os.getpid(), "at": time.time()}
        fresh.write_text(json.dumps(said | ({"needs": _short(needs)} if needs else {})))
        fresh.replace(self._path)  # a reader never sees half a file

    def end(self) -> None:
        """The process has done all that it will ever do."""
        for listener in self._listeners:
            listener.end()


def _short(needs: str) -> str:
    return needs.partition("\n")[0][:200]


def healthy(directory: Path, service: str, role: str) -> tuple[bool, str]:
    """Whether a process is ready, and what its heartbeat says."""
    path = directory / f"{service}-{role}.json"
    try:
        said = json.loads(path.read_text())
    except FileNotFoundError:
        return False, f"no heartbeat at {path}"
    age = time.time() - said["at"]
    what = f"{said['state']} ({said['needs']})" if "needs" in said else said["state"]
    return said["state"] == "ready" and age < FRESH, f"{what}, {age:.1f} s ago"


def show(directory: Path, service: str, role: str) -> int:
    """Print it. The exit code: 0 if that process is ready."""
    ready, said = healthy(directory, service, role)
    print(f"{service} {role}: {said}")  # noqa: T201 - not click's: a check that imports it takes twice the CPU
    return 0 if ready else 1
