"""The backlog: what waits in a service's own database, as its relay counts it."""

from typing import Any

from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, ConfigDict

from mesh.database import Tx, transaction

# Under a routing key its version is known without a look at the message.
_OUTBOX = """
    SELECT name, routing_key AS key, queue,
           CASE WHEN routing_key IS NULL THEN substring(envelope::text FROM '"version":(\\d{1,9})')
                ELSE substring(split_part(routing_key, '.', 3) FROM '^v(\\d{1,9})$') END::int AS version,
           count(*) AS messages, min(due_at) AS since
    FROM outbox GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
# An older build, at work beside this one, writes no version: there, too, the message has it.
_DEAD = """
    SELECT name, queue, reason, count(*) AS messages, min(died_at) AS since,
           CASE WHEN version IS NULL AND name IS NOT NULL
                THEN substring(encode(body, 'escape') FROM '"version":(\\d{1,9})')::int
                ELSE version END AS version
    FROM dead_letters GROUP BY 1, 2, 3, 6 ORDER BY 1, 2, 3, 6
"""


LONGEST = 4.0
"""Seconds for each table: half of what a heartbeat may be old (`health.FRESH`)."""


class Waiting(BaseModel):
    """Messages of one kind in one place."""

    model_config = ConfigDict(frozen=True)

    name: str | None
    """None: a dead letter that is no message of the mesh."""
    version: int | None
    messages: int
    since: AwareDatetime
    """When the oldest was put there. In an outbox: when the first is due."""
    queue: str | None = None
    """The one that it came from, or goes to; None: it goes where its key leads."""
    key: str | None = None
    """The routing key that it will be published with."""
    reason: str | None = None
    """Why it is a dead letter."""


class Backlog(BaseModel):
    """All that waits in one database."""

    model_config = ConfigDict(frozen=True)

    counted_at: AwareDatetime
    """By the database's clock, when the count began."""
    outbox: tuple[Waiting, ...]
    dead_letters: tuple[Waiting, ...]


def counted(tx: Tx) -> Backlog:
    """Count it, as it was at one moment. Reads all of the outbox: a million rows take a second or two.

    Raises QueryCanceled when it would take much longer: who counts does nothing else meanwhile.
    """
    with transaction(tx):
        tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        tx.execute(f"SET LOCAL statement_timeout = {int(LONGEST * 1000)}")
        [(now,)] = tx.execute("SELECT clock_timestamp()").fetchall()
        return Backlog(counted_at=now, outbox=_rows(tx, _OUTBOX), dead_letters=_rows(tx, _DEAD))


def _rows(tx: Tx, query: str) -> Any:
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()
