"""A process loads what its role needs: nearly all that a start costs is imports (decision 0027)."""

import subprocess
import sys
from pathlib import Path

import pytest

from mesh.health import Heartbeat

SERVICES = ("orders", "emails", "reports")
_RUN = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*sys.modules.keys() - before, file=sys.stderr))
from {service}.__main__ import run
sys.argv = {arguments!r}
run()
"""


def loaded(service: str, *arguments: str, **environment: str) -> tuple[int, set[str]]:
    """The exit code of a program of that service, and the modules that it had imported in the end."""
    script = _RUN.format(service=service, arguments=[service, *arguments])
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    return ended.returncode, set(ended.stderr.splitlines()[-1].split())


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("lives", [True, False])
def test_a_health_check_loads_nothing_but_itself(service: str, lives: bool, tmp_path: Path) -> None:
    if lives:
        Heartbeat(tmp_path, service, "relay").beat("ready")

    code, modules = loaded(service, "health", "relay", HEALTH_DIR=str(tmp_path))

    assert code == (0 if lives else 1)
    assert packages(modules) == {service, "mesh"}
    assert {m for m in modules if m.startswith("mesh.")} == {"mesh.entry", "mesh.garbage", "mesh.health"}
    assert {m for m in modules if m.startswith(f"{service}.")} == {f"{service}.__main__"}


ONLY = {
    "alembic": {"migrate"},
    "celery": {"worker", "beat"},
    "aiohttp": {"api", "webhooks"},
    "email_validator": {"api"},
    "typst": set(),  # loaded by whoever makes such a file
    "xlsxwriter": set(),
    "redis": {"beat"},  # elsewhere loaded by the address of a broker, or where requests are counted
}
STORES = {"mesh.files.folder", "mesh.files.s3", "mesh.files.retention"}
"""Loaded by the address of a file store."""
"""Which roles load a package; they need their settings for nothing else."""
OWN = [("orders", "api"), ("orders", "webhooks"), ("reports", "beat")]
ROLES = [(service, role) for service in SERVICES for role in ("worker", "relay", "migrate")]


@pytest.mark.parametrize(("service", "role"), [*ROLES, *OWN])
def test_a_role_loads_what_it_needs_before_it_reads_its_settings(service: str, role: str) -> None:
    code, modules = loaded(service, role)

    assert code == 2  # it has none
    assert packages(modules) & ONLY.keys() == {package for package, roles in ONLY.items() if role in roles}
    assert not modules & STORES
