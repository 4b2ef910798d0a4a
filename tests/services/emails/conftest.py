"""The emails service on a database of its own, and a mail server for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import run
from mailserver import MailServer

from emails.settings import Settings
from emails.tasks import consumer
from emails.wiring import Deps, open_deps
from mesh import Database, testing
from mesh.database import Tx


@pytest.fixture(scope="session")
def url(new_database: Callable[[str], str]) -> str:
    return new_database("emails.migrations")


@pytest.fixture(params=[False, True], ids=["step by step", "pipelined"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with MailServer(pipelining=request.param) as server:
        yield server


@pytest.fixture
def deps(url: str, server: MailServer, tmp_path: Path) -> Iterator[Deps]:
    settings = Settings(
        database_url=url,
        broker_url="streams+redis://unused",
        smtp_url=server.url,
        mail_from="Meshwork <orders@meshwork.example>",
        public_url="https://api.meshwork.example",
        files_url=(tmp_path / "files").as_uri(),
        link_keys=("bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",),
    )
    with open_deps(settings) as deps:
        yield deps


@pytest.fixture
def deliver(database: Database, tx: Tx, deps: Deps) -> Callable[..., None]:
    """Deliver messages to the emails service, in one chunk."""
    return lambda *messages: testing.deliver(consumer, database, deps, *messages)


@pytest.fixture
def emails(url: str) -> Callable[..., Any]:
    """The command, as an operator calls it."""
    told = {
        "DATABASE_URL": url,
        "BROKER_URL": "streams+redis://unused",
        "SMTP_URL": "smtp://unused",
        "MAIL_FROM": "orders@meshwork.example",
        "PUBLIC_URL": "https://api.meshwork.example",
        "LINK_KEYS": "bGlua3MgaW4gdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=",
    }
    return lambda *arguments: run("emails", *arguments, **told)
