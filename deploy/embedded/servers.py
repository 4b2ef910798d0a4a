"""The servers under the mesh: ours, unless the environment names others."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded.catcher.process import Catcher
from embedded.mesh import Addresses
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.process import Process
from embedded.valkey import Valkey

ORDERS_PORT = 8080

LogOf = Callable[[str], Path | int]


class Servers:
    """PostgreSQL, Valkey and the mail catcher, as far as they are needed.

    ORDERS_DATABASE_URL, EMAILS_DATABASE_URL, REPORTS_DATABASE_URL, BROKER_URL and SMTP_URL name servers
    to use instead; with SMTP_URL, CATCHER_URL says where the API to its mails is, which must be as Mailpit's.
    HTTP_PORT, SMTP_PORT and MAILS_PORT are the ports to try first, of the API and of the catcher; 0: any.
    """

    def __init__(self, state: Path, names: Sequence[str], log_of: LogOf) -> None:
        """Starts nothing. The names are those of the services."""
        self._given = {name: url for name in names if (url := os.environ.get(f"{name.upper()}_DATABASE_URL"))}
        self._ours = [name for name in names if name not in self._given]
        self.postgres = Postgres(state / "postgres", log=log_of("postgres")) if self._ours else None
        self.valkey = None if "BROKER_URL" in os.environ else Valkey(state / "valkey", log=log_of("valkey"))
        self.catcher = None if "SMTP_URL" in os.environ else Catcher(state / "catcher", log=log_of("catcher"))

    @property
    def processes(self) -> list[Process]:
        """In the order in which to start them: PostgreSQL's first start keeps us busy; the others boot."""
        return [server for server in (self.catcher, self.valkey, self.postgres) if server]

    def create_databases(self) -> None:
        """One for each service that was not given one."""
        for name in self._ours:
            if self.postgres:
                self.postgres.create_database(name)

    def addresses(self) -> Addresses:
        """Where everything is, once the servers run; the orders API on a port that is free just now."""
        urls = {name: self.postgres.url(name) for name in self._ours} if self.postgres else {}
        return Addresses(
            databases=self._given | urls,
            broker=self.valkey.url if self.valkey else os.environ["BROKER_URL"],
            smtp=self.catcher.smtp_url if self.catcher else os.environ["SMTP_URL"],
            catcher=self.catcher.url if self.catcher else os.environ.get("CATCHER_URL"),
            orders_port=free_port(int(os.environ.get("HTTP_PORT", ORDERS_PORT))),
            metrics_port=free_port(int(os.environ.get("METRICS_PORT", "0"))),
        )
