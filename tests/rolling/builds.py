"""Builds: real wheels of a source tree, each service in a virtual environment of its own, as an image has it.

Only our own distributions differ between builds. Those of others are the ones that run this: a .pth file
names their folder, whose own .pth files (the editable installs of this checkout) are then not read.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from followed import apply

from rolling.changes import ROOT, Change, without

SERVICES = ("orders", "emails", "reports")
DISTRIBUTIONS = ("shared/contracts", "shared/mesh", *(f"services/{name}" for name in SERVICES))
PARTS = ("src", "released", "pyproject.toml", "README.md")
AT_ONCE = 3  # pip is mostly waiting for the disk

_VERSION = re.compile(r'^version = ".*"$', re.MULTILINE)
_MANIFEST = """
import sys
from importlib import import_module
from mesh.manifest import anew
service, build = sys.argv[1:]
told = anew(import_module(f"{service}.main").service).model_copy(update={"build": build})
print(told.model_dump_json(indent=1, exclude_defaults=True))
"""
_ASK = """
import json, sys, contracts, contracts.emails, contracts.orders, contracts.reports, mesh
service = __import__(sys.argv[1])
print(json.dumps({
    "files": [module.__file__ for module in (contracts, mesh, service)],
    "knows": [[c.name, c.version] for c in contracts.contracts()],
}))
"""


@dataclass(frozen=True)
class Recipe:
    """What a build is made of."""

    change: Change
    without: tuple[str, ...] = ()
    """Protections that are taken away."""

    @property
    def version(self) -> str:
        return self.change.version + (f"+without.{'.'.join(self.without)}" if self.without else "")

    def diffs(self) -> list[str]:
        return self.change.diffs() + [diff for each in self.without for diff in without(each)]


@dataclass(frozen=True)
class Build:
    """One service, installed."""

    service: str
    version: str
    program: Path
    knows: frozenset[tuple[str, int]]
    """The messages of its contracts, with their majors."""

    def newest(self, name: str) -> int:
        """The major of what it sends of that name; 0: it does not know it."""
        return max((version for known, version in self.knows if known == name), default=0)


class Workshop:
    """Makes builds, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trees: dict[Recipe, Path] = {}
        self._made: dict[tuple[str, Recipe], Build] = {}

    def get(self, service: str, recipe: Recipe) -> Build:
        """One that was prepared."""
        return self._made[service, recipe]

    def tree(self, recipe: Recipe) -> Path:
        """The source tree of one that was prepared; its wheels are in `wheels`."""
        return self._trees[recipe]

    def prepare(self, wanted: Iterable[tuple[str, Recipe]]) -> None:
        """Make what is missing of these."""
        missing = [each for each in dict.fromkeys(wanted) if each not in self._made]
        recipes = [recipe for recipe in dict.fromkeys(r for _, r in missing) if recipe not in self._trees]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            numbers = range(len(self._trees), len(self._trees) + len(recipes))
            trees = pool.map(_wheels, recipes, [self._folder / f"tree-{number}" for number in numbers])
            self._trees |= dict(zip(recipes, trees, strict=True))
            made = pool.map(lambda each: _install(*each, self._trees[each[1]]), missing)
            self._made |= dict(zip(missing, made, strict=True))


def write_sources(recipe: Recipe, tree: Path) -> None:
    """The five distributions of a recipe. Raises AssertionError for a diff that does not fit any more."""
    for distribution in DISTRIBUTIONS:
        (tree / distribution).mkdir(parents=True)
        for part in (part for part in PARTS if (ROOT / distribution / part).exists()):
            copy = shutil.copytree if (ROOT / distribution / part).is_dir() else shutil.copy
            copy(ROOT / distribution / part, tree / distribution / part)
    for diff in recipe.diffs():
        apply(diff, tree)
    for distribution in DISTRIBUTIONS:
        project = tree / distribution / "pyproject.toml"
        project.write_text(_VERSION.sub(f'version = "{recipe.version}"', project.read_text()))


def _wheels(recipe: Recipe, tree: Path) -> Path:
    """The source tree of a recipe, with its wheels."""
    write_sources(recipe, tree)
    for service in SERVICES:
        _write_manifest(service, recipe.version, tree)
    places = [str(tree / distribution) for distribution in DISTRIBUTIONS]
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tree / "wheels"), *places)
    return tree


def _write_manifest(service: str, version: str, tree: Path) -> None:
    """As `make manifests` does it in a checkout where that version is installed."""
    sources = {"PYTHONPATH": os.pathsep.join(str(tree / part / "src") for part in DISTRIBUTIONS)}
    command = [sys.executable, "-c", _MANIFEST, service, version]
    said = subprocess.run(command, env=sources, check=True, stdout=subprocess.PIPE).stdout
    (tree / f"services/{service}/src/{service}/manifest.json").write_bytes(said)


def _install(service: str, recipe: Recipe, tree: Path) -> Build:
    place = tree / service
    venv.create(place, symlinks=True)
    found = [tree.glob(f"wheels/meshwork_{name}-*") for name in ("contracts", "mesh", service)]
    _pip("--python", str(place), "install", "--no-deps", *(str(wheel) for [wheel] in found))
    [packages] = place.glob("lib/*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    ask = [place / "bin/python", "-c", _ASK, service]
    said = json.loads(subprocess.run(ask, env={}, cwd=place, check=True, capture_output=True).stdout)
    foreign = [file for file in said["files"] if not Path(file).is_relative_to(place)]
    if foreign:
        raise RuntimeError(f"{service} {recipe.version} would run what is not its own: {foreign}")
    knows = frozenset((name, version) for name, version in said["knows"])
    return Build(service, recipe.version, place / "bin" / service, knows)


def _pip(*arguments: str) -> None:
    """Raises RuntimeError with what pip says."""
    quiet = ("--isolated", "--quiet", "--disable-pip-version-check", "--no-color")
    ended = subprocess.run(
        [sys.executable, "-m", "pip", *quiet, *arguments, "--no-index"], capture_output=True, text=True
    )
    if ended.returncode:
        raise RuntimeError(f"pip {' '.join(arguments)}:\n{ended.stdout}{ended.stderr}")
