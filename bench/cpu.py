"""Where CPU time and memory go: by process with all its descendants."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

from embedded.process import Process


@dataclass(frozen=True)
class Reading:
    """The state of the counters at one moment."""

    used: Mapping[str, float]
    """Seconds of CPU so far, user and system, by name of the process."""
    machine: float
    """Seconds of CPU that the whole machine was busy since its start, with what is not ours."""


def read(processes: Sequence[Process]) -> Reading:
    """From /proc. Children that ended count with whoever waited for them."""
    used = {process.name: sum(map(_own, _tree(process.pid))) for process in processes if process.pid}
    times = psutil.cpu_times()
    # guest time is already in user; idle and iowait are the two that are no work.
    return Reading(used, times.user + times.nice + times.system + times.irq + times.softirq)


def memory(process: Process) -> float:
    """MiB now; pages that several share by share (PSS)."""
    return float(sum(found.memory_full_info().pss for found in _tree(process.pid))) / 2**20


def _tree(pid: int | None) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def _own(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # ended a moment ago, and counts with its parent now
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0
