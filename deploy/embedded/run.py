"""The mesh that runs in a state directory now: who holds it, and where its parts are."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from embedded.mesh import Addresses
from embedded.statefile import write_private


class AlreadyRunning(Exception):
    """Another supervisor holds the state directory."""


@contextmanager
def lock(state: Path) -> Iterator[None]:
    """Hold the state directory. However we end, the system releases it. Raises AlreadyRunning."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            at = running(state)
            where = f"its orders API is {at.orders}" if at else "it is starting or stopping"
            raise AlreadyRunning(f"a mesh is running in {state}: {where}") from None
        forget(state)
        yield


def remember(state: Path, addresses: Addresses) -> None:
    """Say that the mesh is up, and where. Contains passwords: only its owner can read it."""
    write_private(_file(state), json.dumps({"pid": os.getpid(), "addresses": asdict(addresses)}, indent=1))


def forget(state: Path) -> None:
    """It is not up any more."""
    _file(state).unlink(missing_ok=True)


def running(state: Path) -> Addresses | None:
    """Where the mesh is that is up; None while it is not, or not yet."""
    try:
        return Addresses(**json.loads(_file(state).read_text())["addresses"])
    except FileNotFoundError:
        return None


def _file(state: Path) -> Path:
    return state / "run.json"
