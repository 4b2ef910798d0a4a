"""The tables of one service."""

from collections.abc import Iterator
from contextlib import contextmanager

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
        tx.execute(f"TRUNCATE {tables}")
        yield tx
