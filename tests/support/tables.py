"""The tables of one service."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable

from mesh.database import Tx, connect

_TABLES = """
    SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'keys')
"""


@contextmanager
def emptied(url: str) -> Iterator[Tx]:
    """Sees what the service commits, from empty tables on."""
    with connect(url, "tests") as tx:
        [tables] = tx.execute(_TABLES).fetchone() or ()
        _truncate(tx, tables)
        yield tx


def _truncate(tx: Tx, tables: str) -> None:
    """Gives way to a service's own chores before PostgreSQL sees a deadlock: they could be the victim."""
    tx.execute("SET lock_timeout = '200ms'")
    while True:
        try:
            tx.execute(f"TRUNCATE {tables}")
        except LockNotAvailable:
            continue
        tx.execute("RESET lock_timeout")
        return
