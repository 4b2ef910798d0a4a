"""Whom to run PostgreSQL as when we are root, which it refuses."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# linux/capability.h
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True)
class User:
    """An unprivileged user, and the capabilities (the first available) without which it would not get in."""

    uid: int
    gid: int
    capabilities: tuple[int, ...] = ()


def unprivileged_user(program: Path, *folders: Path) -> User | None:
    """Who runs the program on the folders: None for ourselves, `nobody` where we are root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return User(nobody.pw_uid, nobody.pw_gid, _needed(program.resolve(), folders))


def _needed(program: Path, folders: Iterable[Path]) -> tuple[int, ...]:
    """A checkout under /root, or made with umask 077, is closed to `nobody`, and not ours to open."""
    if not program.stat().st_mode & 0o001:
        return (CAP_DAC_OVERRIDE,)
    if all(_is_open(parent) for path in (program, *folders) for parent in path.resolve().parents):
        return ()
    return (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE)  # containers often have only the second


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)
