"""What the numbers were taken on. No names of hosts or paths: results are published."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from embedded.binaries import postgres_programs, valkey_program

LIBRARIES = ("celery", "kombu", "psycopg", "aiohttp", "fastapi", "uvicorn", "sqlalchemy", "asyncpg")


def facts(broker: str = "", libraries: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """By name, in the order in which to show them. No broker named: the Valkey or Redis of the machine."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "cores": f"{os.cpu_count()} x {_processor()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres_programs().version,
        "broker": broker or valkey(),
        **{name: version(name) for name in libraries},
    }


def _commit() -> str:
    return _told("git", "describe", "--always", "--dirty=, with changes on top")


def valkey(*names: str) -> str:
    """Of «Valkey server v=9.1.2 sha=...» or «Redis server v=7.0.15 sha=...» the name and the version.

    Of one of these programs; none named: the one that the mesh would start.
    """
    name, _, rest = _told(str(valkey_program(*names)), "--version").partition(" server v=")
    return f"{name} {rest.partition(' ')[0]}"


def _processor() -> str:
    """Linux's name for it, else the architecture."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _told(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
