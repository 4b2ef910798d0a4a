"""The processes of one roll. Each has a place, where one build follows another."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple

from embedded.mesh import SENDER, Program, Service
from embedded.ports import HOST
from embedded.process import Process
from rolling.builds import Build
from rolling.ground import Site

How = Literal["SIGTERM", "SIGKILL"]

_STOPS_WITHIN = 30.0  # seconds
_READY_WITHIN = 60.0


class Slot(NamedTuple):
    """The place of one process."""

    service: str
    role: str
    number: int

    def __str__(self) -> str:
        return f"{self.service} {self.role} {self.number}"


class Mark(NamedTuple):
    """Processes of a service were replaced."""

    at: float
    service: str
    version: str


# Two of each kind, so that one build can work beside another; one relay.
SLOTS = [
    Slot(service, role, number)
    for service, roles in {"orders": ("api", "worker"), "emails": ("worker",), "reports": ("worker",)}.items()
    for role in roles
    for number in (0, 1)
] + [Slot(service, "relay", 1) for service in ("orders", "emails", "reports")]

Make = Callable[[Slot, Any], Process]


class Fleet:
    """What runs now."""

    def __init__(self, make: Make, *, stubborn: bool = False) -> None:
        """`make` a process for a place, of a build. `stubborn`: what does not stop is killed in the end."""
        self._make = make
        self._stubborn = stubborn
        self._running: dict[Slot, Process] = {}
        self._gone: list[Process] = []
        self.marks: list[Mark] = []

    def start(self, wanted: Mapping[Slot, Any]) -> None:
        """Start these builds in these places, all at the same time, and wait for them. Raises StartFailed."""
        for slot, build in wanted.items():
            self._running[slot] = self._make(slot, build)
            self._running[slot].start()
        for slot in wanted:
            self._running[slot].wait_until_ready(_READY_WITHIN)

    def replace(self, wanted: Mapping[Slot, Any], how: How) -> None:
        """Put these builds where others are. Raises StartFailed.

        Where processes are told to stop, those after them are ready before, unless they need their port.
        """
        surge = {slot: b for slot, b in wanted.items() if how == "SIGTERM" and slot.role != "api"}
        leaving = [self._running.pop(slot) for slot in wanted]
        self._gone += leaving
        self.start(surge)
        now = time.time()
        self.marks += {Mark(now, slot.service, build.version): None for slot, build in wanted.items()}
        try:
            _end(leaving, how)
        except TimeoutError:
            if not self._stubborn:
                raise
            _end(leaving, "SIGKILL")
        self.start({slot: build for slot, build in wanted.items() if slot not in surge})

    def stop(self) -> None:
        """Leave nothing behind."""
        for process in [*self._running.values(), *self._gone]:
            process.kill()


def _end(processes: Iterable[Process], how: How) -> None:
    """Raises TimeoutError for one that was told to stop and does not."""
    for process in [each for each in processes if each.exit_code is None]:
        if how == "SIGTERM":
            process.ask_to_stop()
        else:  # the process alone: its children have to notice by themselves
            os.kill(process.pid or 0, signal.SIGKILL)
    deadline = time.monotonic() + _STOPS_WITHIN
    for process in processes:
        while process.exit_code is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{process.title} has not stopped; {process.log_tail()}")
            time.sleep(0.01)


LINK_KEY = "bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM="


def of_the_mesh(site: Site) -> Make:
    """Makes a service's processes."""

    numbers = count(1)

    def make(slot: Slot, build: Build) -> Process:
        told = environment(site, slot.service, site.folder / "health" / str(next(numbers)))
        told["HTTP_PORT"] = str(site.ports[slot.number])
        service = Service(slot.service, [build.program], ())
        return Program(service, slot.role, told, site.folder / f"{slot}.log")

    return make


def environment(site: Site, service: str, health: Path) -> dict[str, str]:
    """What a service is told; and nothing of the paths that this process was."""
    return {
        "PYTHONPATH": "",
        "DATABASE_URL": site.databases[service],
        "BROKER_URL": site.broker,
        "BROKER_PERSISTENCE": "optional",
        "HEALTH_DIR": str(health),
        "HTTP_HOST": HOST,
        "SMTP_URL": site.catcher.smtp_url,
        "MAIL_FROM": SENDER,
        "PUBLIC_URL": "http://api.meshwork.example",
        "LINK_KEYS": LINK_KEY,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "info",
    }
