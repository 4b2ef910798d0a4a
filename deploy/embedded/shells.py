"""For a person at a terminal: what a service is told of the mesh, in a file to be sourced.

. .meshwork/emails.env && celery -A emails.main status
"""

import shlex
from collections.abc import Mapping
from pathlib import Path

from embedded.leftovers import MARK
from embedded.statefile import write_private

_OURS = (MARK, "HEALTH_DIR")
"""What only processes under supervision have: whoever had the mark would be stopped as a leftover."""


def write(state: Path, told: Mapping[str, Mapping[str, str]]) -> None:
    """One file for each service, which only its owner can read: it contains passwords."""
    for service, variables in told.items():
        kept = {name: value for name, value in variables.items() if name not in _OURS}
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in kept.items())
        write_private(state / f"{service}.env", "".join(lines))


def remove(state: Path) -> None:
    """The mesh is not up any more."""
    for file in state.glob("*.env"):
        file.unlink(missing_ok=True)
