"""Starts the servers and the mesh, watches them, and stops them: nothing is left running."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from embedded import apikey, shells
from embedded.console import Console
from embedded.leftovers import stop_marked
from embedded.mesh import Program, Service, environment
from embedded.ports import HOST
from embedded.process import Process, StartFailed
from embedded.run import forget, lock, remember
from embedded.servers import Servers
from embedded.signals import Signals
from embedded.watch import Watched

READY_WITHIN = 120.0  # seconds; a slow machine with a cold disk needs ten, one with other work sixty


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

    def summary(self) -> str:
        """Where everything is, for people. Without passwords: those are in run.json."""
        at = self.addresses
        lines = {
            "orders API": f"{at.orders}/v1/orders",
            "to try it": f"{at.orders}/docs",
            "pushes": f"{at.orders}/push-demo",
            "its key": f"{at.key} (also in {self.state / 'api-key'})",
            "its figures": f"http://{HOST}:{at.metrics_port}/metrics",
            "mails": at.catcher or f"sent to {at.smtp}",
            **{
                server.name: server.title
                for server in self.servers.processes
                if server is not self.servers.catcher
            },
            "its commands": f"after `. {self.state}/emails.env`: celery -A emails.main status, emails --help",
            "data": f"{self.state}; the databases' URLs are in run.json there",
        }
        text = "".join(f"  {name:12} {value}\n" for name, value in lines.items())
        return f"\n{text}\nCtrl-C stops everything.\n"

    def watch(self) -> None:
        """Keep everything running until we are asked to stop."""
        while not self._signals.wait(0.25):
            for watched in self._watched:
                watched.check()

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises Stopped, and StartFailed where something died: waiting has no sense then."""
        if self._signals.wait(seconds):
            raise Stopped
        for process in self._processes:
            process.raise_if_ended()

    def _start(self) -> None:
        if count := stop_marked(self.state):
            self._console.say(f"stopped {count} processes left by a supervisor that was killed")
        names = [service.name for service in self._services]
        self.servers = Servers(self.state, names, self._console.log_of)
        self._start_all(self.servers.processes)
        self.servers.create_databases()
        self.addresses = self.servers.addresses()
        self._migrate()
        key = self._api_key()
        # Once more: a migration takes long enough to lose a free port.
        self.addresses = replace(self.servers.addresses(), key=key)
        self._start_all([self._program(each, role) for each in self._services for role in each.roles])
        self._watched = [Watched(process, self._console.say) for process in self._processes]
        told = {each.name: environment(each.name, self.addresses, self.state) for each in self._services}
        shells.write(self.state, told)
        remember(self.state, self.addresses)

    def _program(self, service: Service, role: str) -> Program:
        told = environment(service.name, self.addresses, self.state) | self._console.log_settings
        return Program(service, role, told, self._console.log_of(f"{service.name} {role}"))

    def _api_key(self) -> str:
        [orders] = [service for service in self._services if service.name == "orders"]
        return apikey.kept(self.state, orders.command, environment("orders", self.addresses, self.state))

    def _migrate(self) -> None:
        """All at once: each has a database of its own."""
        migrations = [self._program(each, "migrate") for each in self._services]
        self._start_all(migrations)
        del self._processes[-len(migrations) :]

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
        if process.is_up():
            return True
        if time.monotonic() - begun > READY_WITHIN:
            raise StartFailed(f"{process.title} was not ready in time; {process.log_tail()}")
        return False

    def _stop(self) -> None:
        """The mesh all at once, as its parts do not need each other for that; then the servers."""
        forget(self.state)
        shells.remove(self.state)
        for process in self._processes:
            if isinstance(process, Program):
                process.ask_to_stop()
        for process in reversed(self._processes):
            process.stop()
