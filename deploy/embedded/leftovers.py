"""Processes that outlived whoever should have stopped them (it was killed by kill -9, say).

Nothing is killed for a number in a file: a process is recognised by what it is now, so the recycled id of
a stranger is never hit.
"""

import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are a distribution of their own

GRACE = 2.0  # seconds; most have been told already, by the death of whoever started them

MARK = "MESHWORK_SUPERVISED_IN"
"""Environment variable of every process of ours and of its children: the state directory it belongs to."""


def stop_servers_in(data: Path, names: Iterable[str], number: signal.Signals) -> int:
    """Stop the servers of these program names that work in the data directory; how many there were.

    PostgreSQL and Valkey overwrite their environment with their title, but both work in their data directory.
    In a container root may not see where another user's process works: PostgreSQL's main one is then known by
    its arguments.
    """
    path = str(data.resolve())
    return _stop([process for process in psutil.process_iter() if _is_server(process, path, names)], number)


def stop_marked(state: Path) -> int:
    """Stop what runs with our mark for this state directory; how many there were."""
    return _stop([process for process in psutil.process_iter() if _is_marked(process, state)], signal.SIGTERM)


def is_running(pid: int, names: Iterable[str]) -> bool:
    """Whether the process of this id is one of a program of these names."""
    try:
        return psutil.Process(pid).name() in names
    except psutil.Error:
        return False


def _is_server(process: psutil.Process, path: str, names: Iterable[str]) -> bool:
    try:
        return process.name() in names and bool(path in process.cmdline() or process.cwd() == path)
    except psutil.Error:
        return False


def _is_marked(process: psutil.Process, state: Path) -> bool:
    try:
        return bool(process.environ().get(MARK) == str(state))
    except psutil.Error:
        return False


def _stop(processes: list[psutil.Process], number: signal.Signals) -> int:
    """Signal all, then kill what is left. psutil compares the start times before each signal."""
    for process in processes:
        _signal(process, number)
    _, alive = psutil.wait_procs(processes, timeout=GRACE)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=GRACE)
    return len(processes)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):  # it has ended by itself
        process.send_signal(number)
