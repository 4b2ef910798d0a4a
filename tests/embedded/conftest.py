"""Runs the embedded mesh's own command as a person would, and sees what is left of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import pytest

HERE = Path(__file__).parent
DEPLOY = HERE.parents[1] / "deploy"


def wait_until(fulfilled: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def belonging_to(state: Path) -> list[psutil.Process]:
    """Every process that works for or in this directory, however it came about."""
    return [process for process in psutil.process_iter() if belongs(process, str(state))]


def belongs(process: psutil.Process, state: str) -> bool:
    try:
        said = [*process.cmdline(), process.cwd(), *process.environ().values()]
    except psutil.Error:
        return False
    return process.pid != os.getpid() and any(state in text for text in said)


class Command:
    """One `up` or `demo` over stand-ins for the services, on ports that no other one of the tests wants."""

    _ANY_PORTS: Final = {"HTTP_PORT": "0", "SMTP_PORT": "0", "MAILS_PORT": "0"}

    def __init__(self, name: str, state: Path, **environment: str) -> None:
        self.state = state
        self._output = (state.parent / f"{name}-{time.monotonic_ns()}.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, HERE / "fake_mesh.py", name],
            env=os.environ
            | self._ANY_PORTS
            | {"PYTHONPATH": str(DEPLOY), "MESHWORK_STATE": str(state)}
            | environment,
            stdout=self._output,
            stderr=self._output,
        )

    @property
    def output(self) -> str:
        return Path(self._output.name).read_text()

    def says(self, text: str) -> None:
        """Wait until it has."""
        wait_until(lambda: text in self.output or self.process.poll() is not None)
        assert text in self.output, self.output

    def ends(self, number: signal.Signals | None = None) -> int:
        """The exit code, after this signal or by itself."""
        if number:
            self.process.send_signal(number)
        return self.process.wait(120)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for process in belonging_to(self.state):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._output.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def run(state: Path) -> Iterator[Callable[..., Command]]:
    """Starts `up` or `demo` in this test's state directory."""
    commands: list[Command] = []

    def start(name: str, **environment: str) -> Command:
        commands.append(Command(name, state, **environment))
        return commands[-1]

    yield start
    for command in commands:
        command.close()
