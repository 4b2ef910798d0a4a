"""The flow: what the workers of all services did, as they told it. A row is a sum."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from mesh import Tx
from mesh.bulk import columns
from reports.documents.kinds import Death
from reports.store.told import Of

HANDLED, RETRIED = "handled", "retried"


class Row(NamedTuple):
    """What is counted together, and how many messages that are."""

    day: date
    service: str
    queue: str
    message: str
    outcome: str
    """`HANDLED`, `RETRIED`, or the reason of a dead letter."""
    bucket: int
    """Of `contracts.flow`, for what was handled; else 0."""
    messages: int


class Sum(NamedTuple):
    """Of all messages of a queue on one day, the deaths of all reasons together."""

    day: date
    service: str
    queue: str
    outcome: str
    """`HANDLED`, `RETRIED`, or `dead`."""
    bucket: int
    messages: int


_ADD = """
    INSERT INTO flow (day, service, queue, message, outcome, bucket, messages)
    SELECT day, service, queue, message, outcome, bucket, sum(messages)
    FROM unnest(%s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::bigint[])
        AS new (day, service, queue, message, outcome, bucket, messages)
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (day, service, queue, message, outcome, bucket)
    DO UPDATE SET messages = flow.messages + excluded.messages
"""  # by key: two that add wait for each other in no circle
_IN_TIME = "day BETWEEN %(first)s AND %(last)s"
_SUMS = f"""
    SELECT day, service, queue, CASE WHEN outcome IN ('{HANDLED}', '{RETRIED}') THEN outcome ELSE 'dead' END,
        bucket, sum(messages)::bigint
    FROM flow WHERE {_IN_TIME} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_DEATHS = f"""
    SELECT service, message, outcome, sum(messages)::bigint AS letters
    FROM flow WHERE {_IN_TIME} AND outcome NOT IN ('{HANDLED}', '{RETRIED}')
    GROUP BY 1, 2, 3 ORDER BY letters DESC, service, message, outcome
"""


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """To what is known."""
    if rows:
        tx.execute(_ADD, columns(rows))


def sums(tx: Tx, of: Of) -> list[Sum]:
    """In the order of days, services and queues."""
    return [Sum(*row) for row in tx.execute(_SUMS, of._asdict())]


def deaths(tx: Tx, of: Of) -> list[Death]:
    """Why messages became dead letters, the most frequent first."""
    return [Death(*row) for row in tx.execute(_DEATHS, of._asdict())]
