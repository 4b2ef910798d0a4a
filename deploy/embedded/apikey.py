"""A key to the orders API, for whoever tries the mesh."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded.process import StartFailed
from embedded.statefile import write_private

ACCOUNT = "development"


def kept(state: Path, command: Sequence[str | Path], told: Mapping[str, str]) -> str:
    """The same for as long as the state directory lives, where it is only its owner's. Raises StartFailed."""
    file = state / "api-key"
    if not file.exists():
        write_private(file, made(command, told))
    return file.read_text()


def made(command: Sequence[str | Path], told: Mapping[str, str]) -> str:
    """A new one, by the command of the orders service. Raises StartFailed."""
    ended = subprocess.run(
        [*command, "keys", "create", ACCOUNT, "--name", "embedded"],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise StartFailed(f"`orders keys create` ended with exit code {ended.returncode}:\n{ended.stderr}")
    return ended.stdout.strip()
