"""A real RabbitMQ node under our own supervision, where the machine has one installed: for tests."""

import os
import re
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from embedded.binaries import rabbitmq_program
from embedded.leftovers import stop_servers_in
from embedded.ports import HOST, free_port
from embedded.process import Command, Process
from embedded.statefile import StateFile, write_private

PROGRAM = "beam.smp"
ADMIN = "admin"
NODE = "mesh@localhost"

GREETING = b"AMQP\x00\x00\x09\x01"  # what a client of AMQP 0-9-1 says first

SETTINGS = {
    "default_user": ADMIN,
    "management.tcp.ip": HOST,
    "log.console": "true",
    "log.console.level": "warning",
    "log.file": "false",
    "disk_free_limit.absolute": "10MB",  # a laptop may be fuller than a server
}

# One scheduler of each kind, none of which spins: a node that starts in seconds and is silent when idle.
SMALL = "+S 1:1 +SDcpu 1:1 +SDio 1 +A 1 +sbwt none"

# The node has a name, as RabbitMQ's data belong to one, but no epmd to look it up at: a daemon that would
# outlive us. It takes other Erlang nodes on loopback alone, which needs the cookie in its HOME.
LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"
NAMED = f"-sname {NODE} -start_epmd false {LOOPBACK} -erl_epmd_port"


class RabbitMQ(Process):
    """One node in a directory: `data`, its configuration, `secrets.json` and `rabbitmq.log`."""

    # A node that answers no more (a stopped one, say) is killed: its data are made for that.
    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]] = ((signal.SIGTERM, 20.0),)

    def __init__(
        self,
        directory: Path,
        *,
        definitions: Path | None = None,
        small: bool = True,
        log: Path | int | None = None,
    ) -> None:
        """The definitions, if there are any, bring all users: there is no `admin` but theirs.

        `small=False` gives it all cores, as it would take by itself.
        """
        self.directory = directory.absolute()
        super().__init__("rabbitmq", log if log is not None else self.directory / "rabbitmq.log")
        self._definitions = definitions
        self._flags = SMALL if small else ""
        self._state = StateFile(self.directory / "secrets.json")
        self._version = ""
        self.port = self.http_port = 0

    @property
    def title(self) -> str:
        """Such as «RabbitMQ 3.10.8 on port 20124»."""
        return f"RabbitMQ {self._version} on port {self.port}"

    @property
    def password(self) -> str:
        """Of the user `admin`, who may do everything, where no definitions say otherwise."""
        return self._state.password(ADMIN)

    def url(self, user: str = ADMIN, password: str | None = None, vhost: str = "") -> str:
        """How that user reaches that virtual host. The empty one is the default, `/`."""
        return f"amqp://{user}:{password or self.password}@{HOST}:{self.port}/{vhost}"

    def prepare(self) -> Command:
        """Free ports, and nobody else in the directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        stop_servers_in(self.directory, [PROGRAM], signal.SIGTERM)
        program = rabbitmq_program()
        self._version = _version(program)
        self.port, self.http_port = self.port or self._state.port(), self.http_port or free_port()
        self._configure()
        return Command([program], cwd=self.directory, env=self._environment())

    def is_ready(self) -> bool:
        """Whether it speaks AMQP: it listens when everything else is up."""
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=2) as connection:
            connection.sendall(GREETING)
            return bool(connection.recv(1))
        return False

    def _configure(self) -> None:
        settings = SETTINGS | {
            "listeners.tcp.1": f"{HOST}:{self.port}",
            "management.tcp.port": str(self.http_port),
            "default_pass": self.password,
        }
        if self._definitions:
            settings["load_definitions"] = str(self._definitions.absolute())
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        write_private(self.directory / "rabbitmq.conf", text)
        # Virtual hosts are made over HTTP in no time; `rabbitmqctl` takes seconds for each word.
        (self.directory / "plugins").write_text("[rabbitmq_management].\n")

    def _environment(self) -> dict[str, str]:
        """Nothing of the machine's own RabbitMQ: neither its folders nor its settings."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),  # where Erlang keeps its cookie
            "LANG": "C.UTF-8",
            "RUNNING_UNDER_SYSTEMD": "true",  # no shell stays between us and the node
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.directory / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "plugins"),
            "RABBITMQ_LOG_BASE": str(self.directory / "log"),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "data"),
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{NAMED} {free_port()} {self._flags}",
        }


def _version(program: Path) -> str:
    """It is part of the folder's name; asking the program would take as long as its start."""
    found = re.search(r"rabbitmq_server-([\d.]+)", str(program.resolve()))
    return found[1] if found else ""
