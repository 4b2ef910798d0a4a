"""One child process: started, watched and stopped; never left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from embedded.privileges import User

LAUNCHER = Path(__file__).with_name("launch.py")


class StartFailed(Exception):
    """A process did not get ready; the text says which, why, and where its log is."""


@dataclass(frozen=True)
class Command:
    """What to run, and how."""

    program: Sequence[str | Path]
    cwd: Path | None = None
    env: Mapping[str, str] | None = None
    user: User | None = None


class Process(ABC):
    """A child in a process group of its own. As a context manager: ready inside, gone outside.

    On Linux it dies with the *thread* that started it: start it from one that lives as long.
    """

    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]] = ((signal.SIGTERM, 10.0),)
    """What asks it to stop, in turn, each with the seconds it is given; then it is killed."""

    death_signal: ClassVar[signal.Signals] = signal.SIGTERM
    """What it gets when we die without having stopped it."""

    def __init__(self, name: str, log: Path | int) -> None:
        """The log: a file that is appended to, or a descriptor."""
        self.name = name
        self.log = log
        self._child: subprocess.Popen[bytes] | None = None
        self._asked = 0.0  # when it was first asked to stop; 0: it was not

    @abstractmethod
    def prepare(self) -> Command:
        """Do what has to be done before each start."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the running process does its work now. Quick, and never raises."""

    @property
    def title(self) -> str:
        """The name and what there is to say of it, for people."""
        return self.name

    @property
    def pid(self) -> int | None:
        """The process id while there is a child, also one that has just ended."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs or was never started; negative: the signal that ended it."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start it and return at once."""
        self._asked = 0.0
        command = self.prepare()
        with _descriptor(self.log) as output:
            self._child = spawn(command, output, self.death_signal)

    def wait_until_ready(self, seconds: float = 120.0) -> None:
        """Raises StartFailed when it ends before, or is not ready in time.

        For what hangs: on two cores, beside three others, RabbitMQ took more than 30 s to read its log.
        """
        deadline = time.monotonic() + seconds
        while not self.is_up():
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.title} was not ready within {seconds:.0f} s; {self.log_tail()}")
            time.sleep(0.02)

    def is_up(self) -> bool:
        """Whether it is ready. Raises StartFailed for one that has ended instead."""
        ended = self.exit_code is not None  # before the look: one that has a task may end well meanwhile
        if not (ready := self.is_ready()) and ended:
            self.raise_if_ended()
        return ready

    def raise_if_ended(self) -> None:
        """Raises StartFailed when it has ended by itself."""
        if self.exit_code is not None:
            raise StartFailed(f"{self.title} ended with exit code {self.exit_code}; {self.log_tail()}")

    def ask_to_stop(self) -> None:
        """Send the first of the stop signals and return at once. Once only: a second would mean haste."""
        if self._child and not self._asked:
            self._asked = time.monotonic()
            self._child.send_signal(self.stop_signals[0][0])

    def stop(self) -> None:
        """Ask, then insist, then kill; ends with the whole group."""
        if self._child is None:
            return
        self.ask_to_stop()
        (_, seconds), *insisting = self.stop_signals
        _wait(self._child, self._asked + seconds - time.monotonic())
        for number, seconds in insisting:
            self._child.send_signal(number)  # does nothing where it has ended
            _wait(self._child, seconds)
        self.kill()

    def kill(self) -> None:
        """End it and whatever of its group is left, without asking."""
        if self._child is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._child = None

    def log_tail(self) -> str:
        """The last lines of the log, for a message about a failure."""
        if not isinstance(self.log, Path):
            return "see its log above"
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        return "\n  ".join([f"the end of {self.log}:", *lines])

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_until_ready()
        except BaseException:  # also Ctrl-C: __exit__ is not called for it here
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def _descriptor(log: Path | int) -> Iterator[int]:
    if isinstance(log, int):
        yield log
    else:
        with log.open("ab") as file:
            yield file.fileno()


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(seconds, 0))


def spawn(
    command: Command, output: int, death_signal: signal.Signals = signal.SIGKILL
) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own, so that a Ctrl-C at the terminal reaches only us."""
    how: dict[str, object] = {"parent": os.getpid(), "death_signal": death_signal}
    if user := command.user:
        how |= {"uid": user.uid, "gid": user.gid, "capabilities": user.capabilities}
    return subprocess.Popen(
        # Isolated and without site: nothing of ours is needed there, and it starts in half the time.
        [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(how), *map(str, command.program)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=command.cwd,
        env=command.env,
        process_group=0,
    )
