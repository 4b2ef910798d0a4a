"""Rolls of plain Celery: its builds are the same two modules, told by the environment which one they are."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from embedded.catcher.process import answers
from embedded.mesh import SENDER
from embedded.ports import HOST
from embedded.process import Command, Process
from rolling.builds import Build
from rolling.fleet import Fleet, How, Make, Slot
from rolling.ground import Ground, Site
from rolling.load import Load
from rolling.logs import Logs
from rolling.plain.schema import TABLES
from rolling.results import Result
from rolling.roll import look_at, settle, under_load
from rolling.scenarios import STEADY
from rolling.verdict import SEND_NOTE, waits

PATIENCE = 8.0
"""Seconds without anything new. What a killed worker had taken from Valkey comes again after an hour."""

APIS = Slot("shop", "api", 0), Slot("shop", "api", 1)
WORKERS = Slot("shop", "worker", 0), Slot("shop", "worker", 1)


def _build(version: str, *sends: str) -> Build:
    return Build("orders", version, Path(sys.executable), frozenset((name, 1) for name in sends))


OLD, RENAMED, MESSAGE = _build("old"), _build("renamed"), _build("message", SEND_NOTE)


@dataclass(frozen=True)
class PlainScenario:
    """One roll: in each wave these places get that build, at the same time."""

    name: str
    about: str
    waves: tuple[tuple[tuple[Slot, ...], Build], ...]
    how: How = "SIGTERM"


def _producers_first(to: Build) -> tuple[tuple[tuple[Slot, ...], Build], ...]:
    return tuple(((slot,), to) for slot in (*APIS, *WORKERS))


SCENARIOS = (
    PlainScenario(
        "a renamed field", "`total` is now `amount`; the API, then workers.", _producers_first(RENAMED)
    ),
    PlainScenario("a new message type", "A new task; the API, then workers.", _producers_first(MESSAGE)),
    PlainScenario(
        "again and again",
        "No new build: one API process and one worker are killed, six times.",
        tuple(((APIS[n % 2], WORKERS[n % 2]), OLD) for n in range(6)),
        "SIGKILL",
    ),
)


class Program(Process):
    """A process of plain Celery's flow."""

    def __init__(self, slot: Slot, build: Build, site: Site) -> None:
        super().__init__(str(slot), site.folder / f"{slot}.log")
        self._slot, self._build, self._site = slot, build, site
        self._before = 0  # bytes in the log when it was started

    def prepare(self) -> Command:
        self._before = self.log.stat().st_size if isinstance(self.log, Path) and self.log.exists() else 0
        told = {
            "BUILD": self._build.version,
            "BROKER_URL": self._site.celery_broker,
            "DATABASE_URL": self._site.databases["orders"],
            "SMTP_URL": self._site.catcher.smtp_url,
            "MAIL_FROM": SENDER,
            "PYTHONPATH": os.pathsep.join(filter(None, map(os.path.abspath, sys.path))),
        }
        return Command([sys.executable, "-m", *self._module()], env=os.environ | told)

    def is_ready(self) -> bool:
        if self._slot.role == "api":
            return answers(f"http://{HOST}:{self._site.ports[self._slot.number]}/readyz")
        assert isinstance(self.log, Path)
        return b" ready." in self.log.read_bytes()[self._before :]

    def _module(self) -> list[str]:
        if self._slot.role == "api":
            return ["rolling.plain.api", str(self._site.ports[self._slot.number])]
        name = f"--hostname={uuid4().hex[:8]}@%h"  # RabbitMQ lets no two share one
        return ["celery", "--app=rolling.plain.shop", "worker", "--loglevel=info", name]


def roll(scenario: PlainScenario, broker: str, ground: Ground) -> Result:
    """Raises StartFailed for a process that does not get ready."""
    with ground.site(broker, ["orders"]) as site:
        site.databases["reports"] = site.databases["orders"]  # one database, as is usual
        with psycopg.connect(site.databases["orders"]) as connection:
            connection.execute(TABLES)
        fleet, load = Fleet(_make(site), stubborn=True), Load(site.ports, STEADY)
        begun = time.time()
        try:
            fleet.start(dict.fromkeys((*APIS, *WORKERS), OLD))
            under_load(load, [_step(fleet, slots, build, scenario.how) for slots, build in scenario.waves])
            builds = {("orders", build.version): build for build in (OLD, RENAMED, MESSAGE)}
            rolled = settle(look_at(site, load, builds, _logs()), PATIENCE)
        finally:
            fleet.stop()
    return Result(
        scenario=scenario.name,
        broker=broker,
        how=scenario.how,
        without=(),
        about=scenario.about,
        verdict=rolled.verdict,
        waits=waits(rolled.ledger, load.since, load.until),
        seconds=round(time.time() - begun, 1),
        series={},
        marks=[],
        mesh=False,
    )


def _make(site: Site) -> Make:
    return lambda slot, build: Program(slot, build, site)


def _step(fleet: Fleet, slots: tuple[Slot, ...], build: Build, how: How) -> Callable[[], None]:
    return lambda: fleet.replace(dict.fromkeys(slots, build), how)


def _logs() -> Logs:
    """An answer of the API names its build in place of a request."""
    return Logs(answered={build.version: (0.0, build.version) for build in (OLD, RENAMED, MESSAGE)})
