"""What other services tell the API, or people of it: reports that were made, links. No process is needed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from links import LINK_KEY, VAPID_KEY, link

from contracts.files import File
from contracts.links import Download, Unsubscribe
from contracts.reports import ReportMade
from mesh import Database, testing
from mesh.files import open_store
from orders.tasks import consumer
from orders.wiring import Deps


def settings(folder: Path) -> dict[str, str]:
    """What the API needs beside its servers."""
    return {"FILES_URL": _files_url(folder), "LINK_KEYS": LINK_KEY, "VAPID_PUBLIC_KEY": VAPID_KEY}


def _files_url(folder: Path) -> str:
    return (folder / "files").as_uri()


def make(ids: Iterable[str], database_url: str, folder: Path) -> None:
    """Their files are there then."""
    file = _file(folder)
    database = Database(database_url, "fuzzing", 1)
    database.open()
    for id in ids:
        made = ReportMade(report_id=UUID(id), made_at=datetime.now(UTC), file=file)
        testing.deliver(consumer, database, Deps(timedelta(minutes=30)), made)
    database.close()


def tokens(folder: Path) -> dict[str, list[str]]:
    """Of links in mails, by their use: some that open, and one that has had its time."""
    ada = Unsubscribe(account="ada", email="ada@example.com", kind="newsletter")
    said = {"unsubscribe": ada, "files": Download(file=_file(folder))}
    times = [None, timedelta(days=7), timedelta(seconds=-1)]
    return {use: [link(use, what, lasts).split("/")[-1] for lasts in times] for use, what in said.items()}


def _file(folder: Path) -> File:
    table = b"day,currency,orders,items,revenue\r\n2026-03-01,EUR,1,2,900\r\n"
    return open_store(_files_url(folder)).put([table], "text/csv", "daily-sales.csv")
