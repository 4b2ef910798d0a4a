"""Pages of the documentation that deploy builds, followed to the letter with real ones."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from followed import follow
from programs import eventually

from mesh import leases
from rolling.builds import SERVICES, Recipe, Workshop
from rolling.changes import BEFORE, MAJOR, PAGES, RETIRED
from rolling.fleet import Fleet, Slot, of_the_mesh
from rolling.ground import VALKEY, Ground, Site
from rolling.roll import migrate

RECIPES = {change.version: Recipe(change) for change in (BEFORE, MAJOR, RETIRED)}
ROLES = {"worker": 0, "relay": 1}


@pytest.fixture
def site(ground: Ground) -> Iterator[Site]:
    with ground.site(VALKEY, SERVICES) as site:
        yield site


@pytest.fixture
def deploy(site: Site, workshop: Workshop) -> Iterator[Callable[[dict[str, str]], None]]:
    """Has just these builds live."""
    fleet = Fleet(of_the_mesh(site))
    alive: dict[str, str] = {}

    def deploy(wanted: dict[str, str]) -> None:
        coming = {service: version for service, version in wanted.items() if alive.get(service) != version}
        for service, version in coming.items():
            migrate(site, [workshop.get(service, RECIPES[version])])
            build = workshop.get(service, RECIPES[version])
            slots = {Slot(service, role, number): build for role, number in ROLES.items()}
            fleet.replace(slots, "SIGTERM") if service in alive else fleet.start(slots)
        alive.update(coming)
        eventually(lambda: living(site) == set(wanted.items()), f"{wanted} lives")

    workshop.prepare((service, recipe) for recipe in RECIPES.values() for service in SERVICES)
    yield deploy
    fleet.stop()


def living(site: Site) -> set[tuple[str, str]]:
    return {(p.manifest.service, p.manifest.build) for p in leases.read(site.broker)}


@pytest.fixture
def checkout(workshop: Workshop, tmp_path: Path) -> Path:
    """The contracts of the new major, released, and the wheels of all builds."""
    workshop.prepare((service, recipe) for recipe in RECIPES.values() for service in SERVICES)
    tree = workshop.tree(RECIPES[MAJOR.version])
    shutil.copytree(tree / "shared/contracts", tmp_path / "shared/contracts")
    for _ in follow("```console\n$ mesh contracts release\n```\n", tmp_path):
        pass
    for recipe in RECIPES.values():
        shutil.copytree(workshop.tree(recipe) / "wheels", tmp_path / "dist", dirs_exist_ok=True)
    return tmp_path


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", ["retire-a-version.md", "roll-back.md"])
def test_a_page_shows_what_happens(
    page: str, checkout: Path, site: Site, deploy: Callable[[dict[str, str]], None]
) -> None:
    text = (PAGES / page).read_text()
    for command, shown, printed in follow(text, checkout, deploy, {"BROKER_URL": site.broker}):
        assert printed == shown, command
