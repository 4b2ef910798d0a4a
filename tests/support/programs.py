"""Programs of the mesh as real processes: started, waited for, killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

DEADLINE = 60.0
"""Seconds after which a test gives a condition up."""
TAKEN_OVER = 15.0
"""Seconds in which another beat has to be at work after a kill -9."""


def eventually(condition: Callable[[], Any], what: str, seconds: float = DEADLINE) -> Any:
    """Wait until `condition` holds and return what it said. Raises AssertionError at the deadline."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def frozen(*pids: int | None) -> Iterator[None]:
    """Meanwhile these processes are there, take connections, and answer nobody. They do not know it."""
    running = [pid for pid in pids if pid]
    assert len(running) == len(pids), "they run"
    try:
        for pid in running:
            os.kill(pid, signal.SIGSTOP)
        eventually(lambda: all(map(_stopped, running)), "every thread stands still")
        yield
    finally:
        for pid in running:
            os.kill(pid, signal.SIGCONT)


def _stopped(pid: int) -> bool:
    """Whether each of its threads has: one takes the signal and tells the others, in its own time."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


class Program:
    """One process, with its log and its heartbeat."""

    def __init__(self, *command: str, folder: Path, service: str = "", **environment: str) -> None:
        """`service`: whose build it is, where the command is not called so."""
        self._service = service or command[0]
        self.name = "-".join(command)
        self._folder = folder
        self.log = folder / f"{self.name}.log"
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        environment = {
            **os.environ,
            **self._environment,
            "LOG_FORMAT": "json",
            "HEALTH_DIR": str(self._folder),
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments(), env=environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def set(self, **environment: str) -> Self:
        """With which it is started from now on."""
        self._environment |= environment
        return self

    def ready(self) -> Self:
        """Wait until the process says that it is ready."""
        eventually(self._is_ready, f"{self.name} is ready; see {self.log}:\n{self.log.read_text()[-3000:]}")
        return self

    def kill(self) -> None:
        """SIGKILL to the process alone: its children have to notice by themselves."""
        self._running.kill()
        self._running.wait(DEADLINE)

    def wait(self) -> int:
        """The exit code, when it ends by itself."""
        return self._running.wait(DEADLINE)

    def signal(self, number: int) -> None:
        self._running.send_signal(number)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self._running.poll() is None:
            self._running.terminate()
        return self._running.wait(DEADLINE)

    def destroy(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(DEADLINE)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of its log with that event."""
        lines = (json.loads(x) for x in self.log.read_text().splitlines() if x.startswith("{"))
        return [line for line in lines if line.get("event") == name]

    @property
    def said(self) -> dict[str, Any]:
        """Its heartbeat, as it last wrote it."""
        path = self._folder / f"{self._service}-{self._command[1]}.json"
        said: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"state": "", "pid": 0}
        return said

    @property
    def role(self) -> str:
        return self._command[1]

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def alive(self) -> bool:
        return self._running.poll() is None

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process, f"{self.name} was never started"
        return self._process

    def _arguments(self) -> list[str]:
        package, *rest = self._command
        script = Path(sys.executable).parent / package
        return [str(script), *rest] if script.exists() else [sys.executable, "-m", package, *rest]

    def _is_ready(self) -> bool:
        assert self.alive, f"{self.name} ended by itself:\n{self.log.read_text()[-3000:]}"
        said = self.said
        return said["state"] == "ready" and said["pid"] == self.pid


Start = Callable[..., Program]
"""Starts a program of the service under test, with settings of its own; it ends with the test."""


def working(*beats: Program) -> Program | None:
    """The one that went to work last, of those that live."""
    begun = [(line["timestamp"], b.pid, b) for b in beats if b.alive for line in b.events("beat.working")]
    return max(begun)[2] if begun else None


@contextlib.contextmanager
def together(
    service: str, *commands: Sequence[str], folder: Path, **environment: str
) -> Iterator[list[Program]]:
    """Programs of a service that are all ready, each with a folder of its own."""
    programs = []
    for number, command in enumerate(commands):
        (own := folder / str(number)).mkdir()
        programs.append(Program(service, *command, folder=own, **environment))
    try:
        for program in programs:
            program.start()
        for program in programs:
            program.ready()
        yield programs
    finally:
        for program in programs:
            program.destroy()
