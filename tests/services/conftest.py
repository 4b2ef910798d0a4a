"""What every service's tests begin with. Each folder says which database is its own, in `url`."""

from collections.abc import Callable, Iterator

import pytest

from mesh import Database
from mesh.database import Tx, connect

_TABLES = """
    SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'keys')
"""


@pytest.fixture
def tx(url: str) -> Iterator[Tx]:
    """Sees what the service commits, from empty tables on."""
    with connect(url, "tests") as tx:
        [tables] = tx.execute(_TABLES).fetchone() or ()
        tx.execute(f"TRUNCATE {tables}")
        yield tx


@pytest.fixture
def database(url: str, opened: Callable[[str], Database]) -> Database:
    return opened(url)
