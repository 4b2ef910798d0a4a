"""Commands of the services, run to their end as an operator would."""

import os
import subprocess
import sys
from pathlib import Path

DEADLINE = 120.0  # seconds after which a command hangs: a machine that is busy is merely slow


def begin(*command: str, **environment: str) -> "subprocess.Popen[str]":
    """Start one, with nothing in its environment that is not said."""
    program = Path(sys.executable).parent / command[0]
    return subprocess.Popen(
        [str(program), *command[1:]],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, output and errors."""
    output, errors = process.communicate(timeout=DEADLINE)
    return process.returncode, output, errors


def run(*command: str, **environment: str) -> tuple[int, str, str]:
    """Its exit code, output and errors."""
    return ended(begin(*command, **environment))
