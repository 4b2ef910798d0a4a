"""The whole mesh as processes, on servers of its own, with a mail catcher at its far edge."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from programs import Program, eventually

from embedded import apikey
from embedded.catcher.process import Catcher
from embedded.mesh import Addresses
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.run import running
from embedded.valkey import Valkey

CHECKOUT = Path(__file__).parents[2]
ROLES = {
    "orders": ("worker", "relay", "api", "webhooks"),
    "emails": ("worker", "relay"),
    "reports": ("worker", "relay"),
}

ORDER: dict[str, Any] = {
    "customer": {"email": "ada@example.com", "name": "Ada Lovelace", "locale": "en"},
    "currency": "EUR",
    "lines": [{"sku": "TEA", "name": "Earl Grey, 100 g", "quantity": 2, "unit_price": 1299}],
}


class Mesh:
    """Servers and processes, and what a client and an operator see of them."""

    def __init__(self, folder: Path, broker_of: Callable[[str], str] | None = None) -> None:
        """`broker_of` a service is its URL; None: all meet at a Valkey of the mesh's own."""
        self.postgres = Postgres(folder / "postgres", durable=False)
        self.valkey = Valkey(folder / "valkey")
        self._broker_of = broker_of or (lambda _: self.valkey.url)
        self.catcher = Catcher(folder / "catcher")
        # Not the usual ones: other meshes, of other tests, come up at the same time.
        self.catcher.smtp_port, self.catcher.http_port = free_port(), free_port()
        self.programs: dict[str, Program] = {}
        self._folder = folder
        self._port = free_port()
        self.key = ""

    def start(self) -> None:
        for server in (self.postgres, self.valkey, self.catcher):
            server.start()
            server.wait_until_ready()
        for service, roles in ROLES.items():
            self.postgres.create_database(service)
            assert self._program(service, "migrate").start().wait() == 0, f"{service} migrate"
            if service == "orders":
                self.key = apikey.made(
                    [Path(sys.executable).parent / "orders"],
                    {"DATABASE_URL": self.postgres.url("orders"), "BROKER_URL": "x://"},
                )
            self.programs |= {f"{service} {role}": self._program(service, role) for role in roles}
        for program in self.programs.values():
            program.start()
        for program in self.programs.values():
            program.ready()

    def stop(self) -> None:
        for program in self.programs.values():
            program.destroy()
        for server in (self.catcher, self.valkey, self.postgres):
            server.stop()

    def post(
        self, document: dict[str, Any] = ORDER, path: str = "/v1/orders", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and document."""
        body = json.dumps(document).encode()
        headers |= {"Content-Type": "application/json", **self._authorized}
        return _http(urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers))

    def send(self, path: str, body: bytes, type: str) -> tuple[int, dict[str, Any]]:
        """A document of another type."""
        headers = {"Content-Type": type, **self._authorized}
        return _http(urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers))

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self._port}{path}"
        return _http(urllib.request.Request(url, headers=self._authorized))

    def delete(self, path: str) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self._port}{path}"
        return _http(urllib.request.Request(url, headers=self._authorized, method="DELETE"))

    @property
    def _authorized(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def mails(self) -> list[str]:
        """Whom each mail at the catcher is to."""
        _, document = _http(urllib.request.Request(f"{self.catcher.url}/api/v1/messages?limit=10000"))
        return [message["To"][0]["Address"] for message in document["messages"]]

    def query(self, service: str, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url(service)) as connection:
            return connection.execute(sql).fetchall()

    def done(self) -> set[str]:
        """The orders for which every service has done its part."""
        rows = self.query(
            "orders", "SELECT order_id FROM timeline GROUP BY 1 HAVING count(DISTINCT what) = 2"
        )
        return {str(row[0]) for row in rows}

    def told(self, service: str) -> dict[str, str]:
        """What a command of that service needs in its environment."""
        return {
            "DATABASE_URL": self.postgres.url(service),
            "BROKER_URL": self._broker_of(service),
            "RESULT_URL": self.valkey.redis_url,
        }

    def another(self, service: str, role: str) -> Program:
        """One more process of that kind."""
        number = len(self.programs)
        self.programs[f"{service} {role} {number}"] = program = self._program(service, role, f"logs-{number}")
        return program

    def _program(self, service: str, role: str, logs: str = "logs") -> Program:
        folder = self._folder / logs
        folder.mkdir(exist_ok=True)
        return Program(
            service,
            role,
            folder=folder,
            **self.told(service),
            SMTP_URL=self.catcher.smtp_url,
            MAIL_FROM="Meshwork <orders@meshwork.example>",
            PUBLIC_URL=f"http://127.0.0.1:{self._port}",
            LINK_KEYS="bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",
            HTTP_PORT=str(self._port),
            WEBHOOK_NETWORKS="127.0.0.1/32",
            FILES_URL=(self._folder / "files").as_uri(),
        )


def order(address: str) -> dict[str, Any]:
    """An order of the customer with that e-mail address."""
    return {**ORDER, "customer": {**ORDER["customer"], "email": address}}


def _http(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture
def mesh(state: Path, request: pytest.FixtureRequest) -> Iterator[Mesh]:
    """A mesh of its own for each test: they break it."""
    folder = state / request.node.name
    folder.mkdir()
    folder.chmod(0o755)
    mesh = Mesh(folder)
    try:
        mesh.start()
        yield mesh
    finally:
        mesh.stop()


@pytest.fixture
def at(tmp_path: Path, state: Path) -> Iterator[Addresses]:
    """A mesh that is up, as `make up` has it, in the reader's folder; on ports that nobody else takes."""
    catcher = Catcher(state / f"{tmp_path.name}-catcher")
    catcher.smtp_port, catcher.http_port = free_port(), free_port()
    with catcher, (tmp_path / "up.log").open("w") as log:
        environment = os.environ | {
            "PYTHONPATH": str(CHECKOUT / "deploy"),
            "MESHWORK_STATE": str(tmp_path / ".meshwork"),
            "SMTP_URL": catcher.smtp_url,
            "CATCHER_URL": catcher.url,
            "HTTP_PORT": str(free_port()),
        }
        command = [sys.executable, "-m", "embedded", "up"]
        up = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            state_of = partial(running, tmp_path / ".meshwork")
            eventually(lambda: state_of() or up.poll() is not None, "it is up, or gives up", 180)
            at = state_of()
            assert at, Path(log.name).read_text()[-2000:]
            yield at
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


@pytest.fixture
def curl() -> None:
    if not shutil.which("curl"):
        pytest.skip("the page's reader has curl")
