"""What the mesh consists of: its services, their processes, and what each is told by its environment."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded import console
from embedded.catcher.process import answers
from embedded.leftovers import MARK
from embedded.ports import HOST
from embedded.process import Command, Process

FRESH = 5.0  # seconds that a health file counts; it is written about once a second


@dataclass(frozen=True)
class Service:
    """One service: the command before the role's name, and its roles."""

    name: str
    command: Sequence[str | Path]
    roles: Sequence[str] = ("worker", "relay")


@dataclass(frozen=True)
class Addresses:
    """Where everything is."""

    databases: Mapping[str, str]
    broker: str
    smtp: str
    catcher: str | None  # None where the mails go to a server that is not ours
    orders_port: int

    @property
    def orders(self) -> str:
        """The root of the orders API."""
        return f"http://{HOST}:{self.orders_port}"


def services() -> list[Service]:
    """Those that ship with Meshwork, as installed beside this Python."""
    bin_folder = Path(sys.executable).parent
    roles = {"orders": ("worker", "relay", "api"), "emails": ("worker", "relay"), "reports": ("worker", "relay")}
    return [Service(name, [bin_folder / name], roles[name]) for name in roles]


def environment(service: str, at: Addresses, state: Path) -> dict[str, str]:
    """What the processes of a service are told, without what they inherit."""
    told = {
        "DATABASE_URL": at.databases[service],
        "BROKER_URL": at.broker,
        "HEALTH_DIR": str(state / "health"),
        "LOG_FORMAT": "console" if console.on_terminal() else "json",
        MARK: str(state),
    }
    if console.coloured():
        told["LOG_COLOR"] = "1"
    if service == "orders":
        told |= {"HTTP_HOST": HOST, "HTTP_PORT": str(at.orders_port)}
    if service == "emails":
        told |= {"SMTP_URL": at.smtp, "MAIL_FROM": os.environ.get("MAIL_FROM", "Meshwork <orders@meshwork.example>")}
    return told


class Program(Process):
    """One process of a service: ready when its health file says so, and an API when it answers as well."""

    def __init__(self, service: Service, role: str, at: Addresses, state: Path, log: Path | int) -> None:
        super().__init__(f"{service.name} {role}", log)
        self._command = Command([*service.command, role], env=os.environ | environment(service.name, at, state))
        self._health = state / "health" / f"{service.name}-{role}.json"
        self._ready_url = f"{at.orders}/readyz" if role == "api" else None

    def prepare(self) -> Command:
        """Forget what the process of the last time said."""
        self._health.parent.mkdir(parents=True, exist_ok=True)
        self._health.unlink(missing_ok=True)
        return self._command

    def is_ready(self) -> bool:
        """Whether the process that we started says that it is ready, and said so lately."""
        try:
            said = json.loads(self._health.read_text())
        except (FileNotFoundError, json.JSONDecodeError):  # not yet, or being written
            return False
        ours = said["pid"] == self.pid and said["state"] == "ready" and time.time() - said["at"] < FRESH
        return ours and (self._ready_url is None or answers(self._ready_url))


class Migration(Program):
    """`<service> migrate`: ready once it has ended well."""

    def __init__(self, service: Service, at: Addresses, state: Path, log: Path | int) -> None:
        super().__init__(service, "migrate", at, state, log)

    def is_ready(self) -> bool:
        """Whether it has ended well."""
        return self.exit_code == 0
