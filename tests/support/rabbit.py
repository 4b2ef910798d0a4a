"""RabbitMQ as its operator sees it: over the HTTP API of its management plugin."""

import base64
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import compose
import pytest
from amqp.exceptions import NotFound
from kombu import Connection

from embedded.binaries import NoProgram, rabbitmq_program
from embedded.ports import HOST
from embedded.rabbitmq import ADMIN, RabbitMQ

LEFT = ("sample", "sample.v1", "sample.v2", "mesh.unrouted", "mesh.dead")
"""What the sample service leaves on a broker."""


def installed() -> bool:
    """Whether a node of ours can be started here."""
    try:
        return bool(rabbitmq_program())
    except NoProgram:
        return False


def ask(server: RabbitMQ, method: str, *path: str, body: Any = None) -> Any:
    """One request to its HTTP API, as `admin`."""
    login = base64.b64encode(f"{ADMIN}:{server.password}".encode()).decode()
    request = urllib.request.Request(
        f"http://{HOST}:{server.http_port}/api/{'/'.join(quote(part, safe='') for part in path)}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@contextmanager
def virtual_host(server: RabbitMQ, name: str) -> Iterator[str]:
    """The URL of one that lasts as long."""
    ask(server, "PUT", "vhosts", name)
    yield server.url(vhost=name)
    ask(server, "DELETE", "vhosts", name)


@contextmanager
def emptied(url: str) -> Iterator[str]:
    """The same for a node that is not ours: its virtual host as it is, without what tests leave there."""
    yield url
    with Connection(url) as connection:
        for queue in LEFT:
            with suppress(NotFound):
                connection.channel().queue_delete(queue)


def waiting(url: str, queue: str) -> int:
    """How many messages are in a queue, of which there may be none yet."""
    with Connection(url) as connection:
        try:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)
        except NotFound:
            return 0


@dataclass(frozen=True)
class Installation:
    """A node with the users of deploy/secrets, and their passwords."""

    server: RabbitMQ
    secrets: dict[str, str]

    def url(self, service: str) -> str:
        """How that service's user reaches it."""
        return self.server.url(service, self.secrets[f"{service.upper()}_BROKER_PASSWORD"])

    @property
    def admin_url(self) -> str:
        """How its operator does."""
        return self.server.url(password=self.secrets["RABBITMQ_PASSWORD"])


@contextmanager
def install(checkout: Path, directory: Path) -> Iterator[Installation]:
    """What deploy/secrets writes in that checkout, on a node of its own."""
    secrets = deploy_secrets(checkout)
    server = RabbitMQ(directory, definitions=checkout / "deploy/rabbitmq/definitions.json")
    try:
        server.start()
    except NoProgram as missing:
        pytest.skip(str(missing))
    try:
        server.wait_until_ready(300)  # it reads them in 8 s, beside twelve busy processes in 90
        yield Installation(server, secrets)
    finally:
        server.kill()


def deploy_secrets(checkout: Path) -> dict[str, str]:
    """As much of a checkout as deploy/secrets needs, and what it writes to .env there."""
    if not shutil.which("openssl"):
        pytest.skip("deploy/secrets needs openssl")
    for service in compose.OURS:
        (checkout / "services" / service).mkdir(parents=True, exist_ok=True)
    (checkout / "deploy/rabbitmq").mkdir(parents=True, exist_ok=True)
    for file in ("secrets", "rabbitmq/topology.json"):
        shutil.copy(compose.ROOT / "deploy" / file, checkout / "deploy" / file)
    subprocess.run([checkout / "deploy/secrets"], check=True, capture_output=True)
    lines = (checkout / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
