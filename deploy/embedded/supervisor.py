"""Starts the servers and the mesh, watches them, and stops them: nothing is left running."""

import fcntl
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Self

from embedded.console import Console
from embedded.leftovers import stop_marked
from embedded.mesh import Addresses, Migration, Program, Service, environment
from embedded.process import Process, StartFailed
from embedded.servers import Servers
from embedded.signals import Signals
from embedded.statefile import write_private
from embedded.watch import Watched

READY_WITHIN = 60.0  # seconds; a slow machine with a cold disk needs ten


class AlreadyRunning(Exception):
    """Another supervisor holds the state directory."""


class Stopped(Exception):
    """We were asked to stop."""


class Supervisor:
    """One mesh in one state directory. As a context manager: running inside, gone outside."""

    def __init__(self, state: Path, services: Sequence[Service], console: Console) -> None:
        self.state = state.absolute()
        self._services = services
        self._console = console
        self._signals = Signals()
        self._processes: list[Process] = []
        self._watched: list[Watched] = []

    def __enter__(self) -> Self:
        """Raises AlreadyRunning, Stopped and StartFailed; nothing runs then."""
        with ExitStack() as cleanup:
            cleanup.callback(self._console.close)
            cleanup.enter_context(lock(self.state))
            cleanup.enter_context(self._signals)
            cleanup.callback(self._stop)
            self._start()
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def watch(self) -> None:
        """Keep everything running until we are asked to stop."""
        while not self._signals.wait(1.0):
            for watched in self._watched:
                watched.check()

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises Stopped, and StartFailed where something died: then there is no sense in waiting."""
        if self._signals.wait(seconds):
            raise Stopped
        for process in self._processes:
            if process.exit_code is not None:
                raise StartFailed(f"{process.title} died; {process.log_tail()}")

    def _start(self) -> None:
        if count := stop_marked(self.state):
            self._console.say(f"stopped {count} processes left by a supervisor that was killed")
        names = [service.name for service in self._services]
        self.servers = Servers(self.state, names, self._console.log_of)
        self._start_all(self.servers.processes)
        self.servers.create_databases()
        self.addresses = self.servers.addresses()
        self._migrate()
        self._start_all([self._program(service, role) for service in self._services for role in service.roles])
        self._watched = [Watched(process, self._console.say) for process in self._processes]
        write_run(self.state, self.addresses)

    def _program(self, service: Service, role: str) -> Program:
        return Program(service, role, self.addresses, self.state, self._console.log_of(f"{service.name} {role}"))

    def _migrate(self) -> None:
        """All at once: each has a database of its own."""
        before = len(self._processes)
        log_of = self._console.log_of
        migrations = [Migration(each, self.addresses, self.state, log_of(f"{each.name} migrate")) for each in self._services]
        self._start_all(migrations)
        del self._processes[before:]

    def _start_all(self, processes: Sequence[Process]) -> None:
        """Start them all, then wait for each, and say when it is ready."""
        begun = time.monotonic()
        for process in processes:
            self._processes.append(process)
            process.start()
        waiting = list(processes)
        while waiting:
            if self._signals.wait(0.02):
                raise Stopped
            for process in [process for process in waiting if self._is_ready(process, begun)]:
                waiting.remove(process)
                self._console.say(f"{process.title}: ready, {time.monotonic() - begun:.1f} s")

    def _is_ready(self, process: Process, begun: float) -> bool:
        if process.is_ready():
            return True
        if time.monotonic() - begun > READY_WITHIN:
            raise StartFailed(f"{process.title} was not ready within {READY_WITHIN:.0f} s; {process.log_tail()}")
        process.raise_if_ended()
        return False

    def _stop(self) -> None:
        """The mesh at once, since its parts do not need each other for that; then the servers, last started first."""
        (self.state / "run.json").unlink(missing_ok=True)
        for process in self._processes:
            if isinstance(process, Program):
                process.ask_to_stop()
        for process in reversed(self._processes):
            process.stop()


class lock:
    """Holds the state directory, or raises AlreadyRunning. The system releases it however we end."""
