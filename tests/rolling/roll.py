"""One roll, from the first process to the verdict."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from embedded import apikey
from rolling.builds import SERVICES, Build, Recipe, Workshop
from rolling.fleet import SLOTS, Fleet, How, Slot, environment, of_the_mesh
from rolling.ground import Ground, Site
from rolling.ledger import Books, Ledger, Mailbox
from rolling.load import Load
from rolling.logs import Logs
from rolling.results import Result, series
from rolling.scenarios import Scenario, Wave
from rolling.verdict import Builds, Verdict, judge, waits

BESIDE = 1.0
"""Seconds under load before, between and after waves: builds work side by side."""
PATIENCE = 15.0
"""Seconds without any progress, after which what is missing counts as lost. A slow machine may be slow."""
_AFTERWARDS = 1.0  # seconds for what comes a second time


@dataclass(frozen=True)
class Rolled:
    """What a roll has left, to be judged."""

    ledger: Ledger
    logs: Logs
    verdict: Verdict


def roll(
    scenario: Scenario,
    broker: str,
    how: How,
    ground: Ground,
    workshop: Workshop,
    *,
    patience: float = PATIENCE,
) -> Result:
    """Raises StartFailed for a process that does not get ready."""
    workshop.prepare((service, recipe) for recipe in scenario.recipes for service in SERVICES)
    with ground.site(broker, SERVICES) as site:
        rolling = Rolling(scenario, how, site, workshop)
        begun = time.time()
        try:
            rolled = rolling.run(patience)
        except BaseException as error:
            error.add_note(f"what it left: {ground.keep(site)}")
            raise
        finally:
            rolling.fleet.stop()
        return Result(
            scenario=scenario.name,
            broker=broker,
            how=how,
            without=scenario.recipes[0].without,
            about=scenario.about,
            verdict=rolled.verdict,
            waits=waits(rolled.ledger, rolling.load.since, rolling.load.until),
            seconds=round(time.time() - begun, 1),
            series=series(rolled.logs, rolling.load.since),
            marks=[(round(m.at - rolling.load.since, 2), m.service, m.version) for m in rolling.fleet.marks],
            logs="" if rolled.verdict.clean else str(ground.keep(site)),
        )


class Rolling:
    """A scenario of the mesh on one site."""

    def __init__(self, scenario: Scenario, how: How, site: Site, workshop: Workshop) -> None:
        self.fleet = Fleet(of_the_mesh(site))
        self.load = Load(site.ports, scenario.rate)
        self._scenario = scenario
        self._how = how
        self._site = site
        self._of = workshop.get

    def run(self, patience: float) -> Rolled:
        """From the first process until everything came right, or did not."""
        first, waves = self._scenario.recipes[0], self._scenario.waves
        self._migrate(first, SERVICES)
        self.load.key = self._key(first)
        self.fleet.start({slot: self._of(slot.service, first) for slot in SLOTS})
        under_load(self.load, [partial(self._take, wave) for wave in waves])
        made = [self._of(service, recipe) for recipe in self._scenario.recipes for service in SERVICES]
        builds = {(build.service, build.version): build for build in made}
        return settle(look_at(self._site, self.load, builds, Logs()), patience)

    def _take(self, wave: Wave) -> None:
        recipe = self._scenario.recipes[wave.to]
        self._migrate(recipe, wave.services)
        self.fleet.replace({slot: self._of(slot.service, recipe) for slot in wave.slots()}, self._how)

    def _key(self, recipe: Recipe) -> str:
        told = environment(self._site, "orders", self._site.folder)
        return apikey.made([self._of("orders", recipe).program], told)

    def _migrate(self, recipe: Recipe, services: Iterable[str]) -> None:
        migrate(self._site, [self._of(name, recipe) for name in services])


def migrate(site: Site, builds: Iterable[Build]) -> None:
    """As each deployment begins. Raises StartFailed."""
    make = of_the_mesh(site)
    migrations = [make(Slot(build.service, "migrate", 0), build) for build in builds]
    for migration in migrations:
        migration.start()
    for migration in migrations:
        migration.wait_until_ready(60)
        migration.kill()


def under_load(load: Load, steps: Iterable[Callable[[], None]]) -> None:
    """Take the steps one after the other, and between them let builds work side by side."""
    load.start()
    try:
        for step in steps:
            time.sleep(BESIDE)
            step()
        time.sleep(BESIDE)
    finally:
        load.stop()


def settle(look: Callable[[], Rolled], patience: float) -> Rolled:
    """Wait until everything came right, or nothing changes for so long; then for what may come too often."""
    deadline, last = time.monotonic() + patience, None
    while not (rolled := look()).verdict.clean and time.monotonic() < deadline:
        if rolled.verdict != last:
            deadline, last = time.monotonic() + patience, rolled.verdict
        time.sleep(0.5)
    time.sleep(_AFTERWARDS)
    return look() if rolled.verdict.clean else rolled


def look_at(site: Site, load: Load, builds: Builds, logs: Logs) -> Callable[[], Rolled]:
    """How to see what has come of the orders by now."""
    books = Books(site.databases, site.broker, Mailbox(site.catcher.directory / "mails.db"))

    def look() -> Rolled:
        logs.read(site.folder)
        ledger = books.read(load.accepted)
        return Rolled(ledger, logs, judge(ledger, logs, builds))

    return look
