"""Which build is meant: `emails==2.0.0`, or the path of a wheel or a manifest."""

import re
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from contracts import Refused
from mesh import manifest
from mesh.leases import Live
from mesh.manifest import FILE, Manifest

_NAMED = re.compile(r"([a-z][a-z0-9_]*)==([A-Za-z0-9.+!_-]+)")


def find(said: str, wheels: Path, live: Sequence[Live]) -> Manifest:
    """The manifest of that build. Raises Refused, with where it was looked for."""
    if said.endswith((".whl", ".json")):
        return _in_file(Path(said))
    if not (named := _NAMED.fullmatch(said)):
        raise Refused(f"{said!r} names no build: give emails==2.0.0, or the path of its wheel or manifest")
    service, build = named.groups()
    for wheel in sorted(wheels.glob(f"meshwork_{service}-{build}-*.whl")):
        return _in_file(wheel)
    if _installed(service) == build:
        return manifest.shipped(service)
    for process in live:
        if (process.manifest.service, process.manifest.build) == (service, build):
            return process.manifest
    raise Refused(f"no manifest of {said}: {_looked(service, wheels, live)}")


def _looked(service: str, wheels: Path, live: Sequence[Live]) -> str:
    builds = sorted({p.manifest.build for p in live if p.manifest.service == service})
    alive = f"of {service} there lives {', '.join(builds)}" if builds else f"no process of {service} is live"
    installed = _installed(service)
    here = f"{installed} is installed here" if installed else "it is not installed here"
    return f"no wheel of it in {wheels}, {here}, {alive}; give the path of its wheel or manifest"


def _installed(service: str) -> str | None:
    try:
        return metadata.version(f"meshwork-{service}")
    except metadata.PackageNotFoundError:
        return None


def _in_file(path: Path) -> Manifest:
    try:
        return manifest.read(_in_wheel(path) if path.suffix == ".whl" else path.read_bytes(), str(path))
    except (OSError, zipfile.BadZipFile, StopIteration) as error:
        raise Refused(f"{path}: {error or f'there is no {FILE} in it'}") from None


def _in_wheel(path: Path) -> bytes:
    with zipfile.ZipFile(path) as wheel:
        return wheel.read(next(name for name in wheel.namelist() if name.endswith(f"/{FILE}")))
