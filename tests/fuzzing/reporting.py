"""What the service that makes reports tells the API's: it has one message, and needs no process."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from contracts.reports import ReportMade
from mesh import Database, testing
from mesh.files import open_store
from orders.tasks import consumer
from orders.wiring import Deps


def files_url(folder: Path) -> str:
    return (folder / "files").as_uri()


def make(ids: Iterable[str], database_url: str, folder: Path) -> None:
    """Their files are there then."""
    table = b"day,currency,orders,items,revenue\r\n2026-03-01,EUR,1,2,900\r\n"
    file = open_store(files_url(folder)).put([table], "text/csv", "daily-sales.csv")
    database = Database(database_url, "fuzzing", 1)
    database.open()
    for id in ids:
        made = ReportMade(report_id=UUID(id), made_at=datetime.now(UTC), file=file)
        testing.deliver(consumer, database, Deps(timedelta(minutes=30)), made)
    database.close()
