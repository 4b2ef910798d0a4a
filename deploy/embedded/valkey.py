"""A real Valkey under our own supervision."""

import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from embedded.binaries import REDIS, VALKEY, valkey_program
from embedded.leftovers import stop_servers_in
from embedded.ports import HOST
from embedded.process import Command, Process
from embedded.statefile import StateFile, write_private

SETTINGS = {
    "bind": HOST,
    "daemonize": "no",
    "loglevel": "warning",
    "maxmemory-policy": "noeviction",  # a full broker refuses messages; it must not forget some
}

DURABLE = {"appendonly": "yes", "appendfsync": "everysec"}
NOT_DURABLE = {"appendonly": "no", "save": '""'}


class Valkey(Process):
    """One server in a directory: its data, `secrets.json` and, unless told otherwise, `valkey.log`."""

    def __init__(
        self,
        directory: Path,
        *,
        durable: bool = True,
        program: Path | None = None,
        log: Path | int | None = None,
    ) -> None:
        """`durable=False` is for tests: nothing is written to disk. `program`: None takes what there is."""
        self.directory = directory.absolute()
        super().__init__("valkey", log if log is not None else self.directory / "valkey.log")
        self._settings = SETTINGS | (DURABLE if durable else NOT_DURABLE)
        self._state = StateFile(self.directory / "secrets.json")
        self._program = program
        self._version = ""
        self.port = 0

    @property
    def title(self) -> str:
        """Such as «Valkey 9.1 on port 20124»."""
        kind = "Redis" if self._program and self._program.name == REDIS else "Valkey"
        return f"{kind} {self._version} on port {self.port}"

    @property
    def redis_url(self) -> str:
        """For clients that speak Redis."""
        return f"redis://:{self._password}@{HOST}:{self.port}/0"

    @property
    def url(self) -> str:
        """For the mesh: its own transport over streams."""
        return f"streams+{self.redis_url}"

    def prepare(self) -> Command:
        """A free port, and nobody else in the directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        stop_servers_in(self.directory, [VALKEY, REDIS], signal.SIGTERM)
        program = self._program = self._program or valkey_program()
        self.port, self._version = self.port or self._state.port(), _version(program)
        settings = {
            **self._settings,
            "port": self.port,
            "dir": f'"{self.directory}"',
            "requirepass": self._password,
        }
        # A file, not arguments: those every user of the machine can read.
        configuration = self.directory / "valkey.conf"
        write_private(configuration, "".join(f"{name} {value}\n" for name, value in settings.items()))
        return Command([program, configuration], cwd=self.directory)

    def is_ready(self) -> bool:
        """Whether it answers, and has its data loaded."""
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=2) as connection:
            connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in connection.makefile("rb").read()
        return False

    @property
    def _password(self) -> str:
        return self._state.password("default")


def _version(program: Path) -> str:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v=([\d.]+)", told)
    return found[1] if found else ""
