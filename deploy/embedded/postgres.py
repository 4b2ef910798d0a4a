"""A real PostgreSQL under our own supervision."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from embedded.binaries import PostgresPrograms, postgres_programs
from embedded.leftovers import is_running, stop_servers_in
from embedded.ports import HOST
from embedded.privileges import User, unprivileged_user
from embedded.process import Command, Process, StartFailed, spawn
from embedded.statefile import StateFile, write_private

SUPERUSER = "postgres"
OPEN_TO_ALL = ("postgres", "template1")  # as initdb leaves them

LISTEN = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # its path has a limit of about 100 bytes, a checkout's has none
    "log_checkpoints": "off",
    "max_connections": "200",  # three services, several processes each, and a test-suite beside them
}

INITDB = ("--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256")

# For tests: a crash of the machine may destroy the data, a crash of the server does not.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Process):
    """One cluster in a directory: `data`, `secrets.json` and, unless told otherwise, `postgres.log`."""

    # Fast shutdown; then immediate, after which the next start recovers.
    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]] = (
        (signal.SIGINT, 15.0),
        (signal.SIGQUIT, 5.0),
    )
    death_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, directory: Path, *, durable: bool = True, log: Path | int | None = None) -> None:
        """`durable=False` is for tests: no fsync."""
        self.directory = directory.absolute()
        super().__init__("postgres", log if log is not None else self.directory / "postgres.log")
        self._data = self.directory / "data"
        self._settings = LISTEN if durable else LISTEN | NOT_DURABLE
        self._state = StateFile(self.directory / "secrets.json")
        self._version = ""
        self.port = 0

    @property
    def title(self) -> str:
        """Such as «PostgreSQL 18.6 on port 20123»."""
        return f"PostgreSQL {self._version} on port {self.port}"

    def url(self, name: str) -> str:
        """How that database's own role reaches it."""
        return f"postgresql://{name}:{self._state.password(name)}@{HOST}:{self.port}/{name}"

    def create_database(self, name: str) -> None:
        """A database and the role that owns it and can open no other. Does nothing where they exist."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            role, password = sql.Identifier(name), sql.Literal(self._state.password(name))
            connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
            for database in (name, *OPEN_TO_ALL):
                closed = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
                connection.execute(closed)

    def prepare(self) -> Command:
        """A cluster, a free port, and nobody else in the data directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        programs = postgres_programs(self._major_on_disk())
        user = unprivileged_user(programs.folder / "postgres", self._data)
        stop_servers_in(self._data, ["postgres"], signal.SIGQUIT)
        self._forget_recycled_pid()
        if self._major_on_disk() is None:
            self._create_cluster(programs, user)
        self.port, self._version = self.port or self._state.port(), programs.version
        settings = {**self._settings, "port": str(self.port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        program = [str(programs.folder / "postgres"), "-D", str(self._data), *options]
        return Command(program, cwd=self.directory, user=user)

    def is_ready(self) -> bool:
        """Whether it takes a connection."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            dbname="postgres",
            user=SUPERUSER,
            password=self._state.password(SUPERUSER),
            autocommit=True,
            connect_timeout=5,
        )

    def _forget_recycled_pid(self) -> None:
        """PostgreSQL refuses to start while any process has the id that a killed one has left in its file."""
        file = self._data / "postmaster.pid"
        if file.exists():
            pid = int((file.read_text().split() or ["0"])[0])  # empty after a power cut
            if not is_running(pid, ["postgres"]):
                file.unlink()

    def _major_on_disk(self) -> int | None:
        """None where there is no cluster yet."""
        return int((self._data / "PG_VERSION").read_text()) if self._data.exists() else None

    def _create_cluster(self, programs: PostgresPrograms, user: User | None) -> None:
        """Half a second, as it does not wait for the disk: a power cut soon after may cost the cluster."""
        draft, password = self.directory / "data.new", self.directory / "password"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password, self._state.password(SUPERUSER))
        if user:
            for path in (draft, password):
                os.chown(path, user.uid, user.gid)
        where = ["-D", str(draft), f"--username={SUPERUSER}", f"--pwfile={password}"]
        try:
            _run(Command([programs.folder / "initdb", *INITDB, *where], cwd=self.directory, user=user))
        finally:
            password.unlink()
        draft.rename(self._data)


def _run(command: Command) -> None:
    """Run to its end; its output is shown only where it fails."""
    child = spawn(command, subprocess.PIPE)
    _, errors = child.communicate()
    if child.returncode != 0:
        raise StartFailed(f"{command.program[0]} failed:\n{errors.decode(errors='replace')}")
