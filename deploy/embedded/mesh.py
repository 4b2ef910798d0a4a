"""What the mesh consists of: its services, their processes, and what each is told by its environment."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded import linkkey, vapidkey
from embedded.catcher.process import answers
from embedded.leftovers import MARK
from embedded.ports import HOST
from embedded.process import Command, Process

SENDER = "Meshwork <orders@meshwork.example>"
_OWN_MACHINE = "127.0.0.0/8,::1/128"
"""Where webhooks may go beside the internet: whoever tries them has an endpoint here."""
STREAMS = "streams+"
"""How the URL of a broker begins that is a Redis or Valkey: it can count requests, and tell beats apart."""
FRESH = 5.0  # seconds that a health file counts; it is written about once a second


@dataclass(frozen=True)
class Service:
    """One service: the command before the role's name, and its roles."""

    name: str
    command: Sequence[str | Path]
    roles: Sequence[str]
    """Such as relay, or worker-bulk: a worker of the lane bulk alone."""


@dataclass(frozen=True)
class Addresses:
    """Where everything is."""

    databases: Mapping[str, str]
    broker: str
    smtp: str
    catcher: str | None  # None where the mails go to a server that is not ours
    orders_port: int
    key: str = ""
    """What opens the orders API."""
    metrics_port: int = 0
    """Of the orders API's figures. 0: any."""

    @property
    def orders(self) -> str:
        """The root of the orders API."""
        return f"http://{HOST}:{self.orders_port}"


def shipped(broker: str) -> list[Service]:
    """Those that ship with Meshwork, as installed beside this Python: with the roles they have over it."""
    bin_folder = Path(sys.executable).parent
    # Which server it will be is not known yet: it has no address before it runs.
    beats = ("beat",) if broker.startswith(STREAMS) or os.environ.get("SCHEDULES_URL") else ()
    roles = {
        "orders": ("worker", "relay", "api", "webhooks"),
        "emails": ("worker-default", "worker-bulk", "relay"),  # a campaign never stands before a receipt
        "reports": ("worker-default", "worker-heavy", "relay", *beats),
    }
    return [Service(name, [bin_folder / name], roles[name]) for name in roles]


def environment(service: str, at: Addresses, state: Path) -> dict[str, str]:
    """What the processes of a service are told of the mesh."""
    told = {
        "DATABASE_URL": at.databases[service],
        "BROKER_URL": at.broker,
        "HEALTH_DIR": str(state / "health"),
        "FILES_URL": (state / "files").absolute().as_uri(),
        MARK: str(state),
        **_shared(at.broker),
    }
    if service in ("orders", "emails"):  # one makes the links in mails, the other opens them
        told["LINK_KEYS"] = linkkey.kept(state)
    if service == "orders":
        told |= {"HTTP_HOST": HOST, "HTTP_PORT": str(at.orders_port), "METRICS_PORT": str(at.metrics_port)}
        told["WEBHOOK_NETWORKS"] = _OWN_MACHINE
        told |= {"VAPID_PUBLIC_KEY": vapidkey.kept(state).public, "PUSH_DEMO": "true"}
    if service == "emails":
        told |= {"SMTP_URL": at.smtp, "MAIL_FROM": os.environ.get("MAIL_FROM", SENDER)}
        told |= {"PUBLIC_URL": at.orders, "VAPID_KEY": vapidkey.kept(state).private}
    return told


def _shared(broker: str) -> dict[str, str]:
    """Where processes keep and count what they share: at the broker, if it is a Redis or Valkey; else the
    environment has to say it."""
    redis = broker.removeprefix(STREAMS) if broker.startswith(STREAMS) else ""
    names = ("RESULT_URL", "LIMITS_URL", "SCHEDULES_URL", "SWITCHES_URL")
    return {name: url for name in names if (url := os.environ.get(name, redis))}


class Program(Process):
    """One process of a service."""

    def __init__(self, service: Service, role: str, told: Mapping[str, str], log: Path | int) -> None:
        """`told` is its environment, beside what it inherits."""
        super().__init__(f"{service.name} {role}", log)
        self._role, _, lane = role.partition("-")
        # Workers of one service would write over each other's health.
        folder = Path(told["HEALTH_DIR"]) / lane
        command = [*service.command, self._role, *(["--lane", lane] if lane else [])]
        self._command = Command(command, env=os.environ | told | {"HEALTH_DIR": str(folder)})
        self._health = folder / f"{service.name}-{self._role}.json"
        self._ready_url = f"http://{HOST}:{told['HTTP_PORT']}/health/ready" if role == "api" else None

    def prepare(self) -> Command:
        """Forget what the process of the last time said."""
        self._health.parent.mkdir(parents=True, exist_ok=True)
        self._health.unlink(missing_ok=True)
        return self._command

    def is_ready(self) -> bool:
        """A migration once it has ended well; others once they say so, and an API when it also answers."""
        if self._role == "migrate":
            return self.exit_code == 0
        return self._says_ready() and (self._ready_url is None or answers(self._ready_url))

    def _says_ready(self) -> bool:
        try:
            said = json.loads(self._health.read_text())
        except (FileNotFoundError, json.JSONDecodeError):  # not yet, or being written
            return False
        lately = time.time() - said["at"] < FRESH
        return bool(said["pid"] == self.pid and said["state"] == "ready" and lately)
