"""Bulk writes: the rows that the messages of one chunk write by one statement go to the table together.

    _SENT = '''
        UPDATE mails SET sent_at = new.sent_at
        FROM unnest(%b::uuid[], %b::timestamptz[]) AS new (id, sent_at) WHERE mails.id = new.id
    '''
    bulk.write(tx, _SENT, (id, sent_at))

A statement costs about 30 us here and 20 us in PostgreSQL, whatever it carries, which is more than most
handlers cost. The statement takes an array for each column. It runs once the handlers of the chunk are
through, in the order in which statements were first used, so what has to be read back at once is not for
`bulk`. With no chunk around it, it runs at once.
"""

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, overload

from psycopg import AsyncConnection

from mesh.database import AsyncTx, Tx

Row = tuple[Any, ...]
_gathered: ContextVar[dict[str, list[Row]] | None] = ContextVar("gathered", default=None)


@overload
def write(tx: Tx, statement: str, *rows: Row) -> None: ...
@overload
def write(tx: AsyncTx, statement: str, *rows: Row) -> Awaitable[Any]: ...
def write(tx: Tx | AsyncTx, statement: str, *rows: Row) -> Any:
    """Have `statement` write `rows`, all of one length. Raises, now or at the chunk's end, what it raises.

    At an AsyncTx there is at least one row, and nothing gathers.
    """
    if isinstance(tx, AsyncConnection):
        return tx.execute(statement, columns(rows))
    gathered = _gathered.get()
    if gathered is not None:
        gathered.setdefault(statement, []).extend(rows)
    elif rows:
        tx.execute(statement, columns(rows))
    return None


def columns(rows: Sequence[Row]) -> list[list[Any]]:
    """Rows as the parameters of such a statement."""
    return list(map(list, zip(*rows, strict=True)))


@contextmanager
def gathering(tx: Tx) -> Iterator[None]:
    """What the block writes is written at its end, or not at all."""
    gathered: dict[str, list[Row]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for statement, rows in gathered.items():
        write(tx, statement, *rows)
