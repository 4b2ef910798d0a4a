"""Parked messages: dead letters that another build may understand. They are sent again by themselves.

Two kinds: of a name or version that the build which met them does not know, and of data that did not fit its
contract. The first wait for any live worker that takes them; the second for one of this build, which tries.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog
from psycopg.rows import namedtuple_row

from contracts import ContractError, Envelope
from mesh import context, outbox
from mesh.database import Tx, transaction
from mesh.leases import Live

log = structlog.get_logger(__name__)

BATCH = 500
"""Messages in one transaction."""

_KINDS = "SELECT DISTINCT queue, name, version, reason FROM parked"
_LOOK = """
    SELECT id, body, queue, carries FROM parked
    WHERE queue = %s AND name = %s AND version = %s AND reason = %s
      AND (reason = 'unknown' OR NOT %s = ANY(builds))
    ORDER BY died_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_SENT = "DELETE FROM parked WHERE id = ANY(%s)"
_TRIED = "UPDATE parked SET builds = array_append(builds, %s) WHERE id = ANY(%s)"
_LONG = """
    SELECT name, version, reason, count(*) AS messages, min(died_at) AS since FROM parked
    GROUP BY 1, 2, 3 HAVING min(died_at) < now() - make_interval(secs => %s)
"""


class Kind(NamedTuple):
    """Messages that are understood by the same builds."""

    queue: str
    name: str
    version: int
    reason: str


def kinds(tx: Tx) -> list[Kind]:
    """What is parked."""
    return [Kind(*row) for row in tx.execute(_KINDS)]


def understood(kind: Kind, live: Sequence[Live]) -> bool:
    """Whether one of these would do something else with it than to park it again."""
    takers = [process for process in live if process.takes(kind.queue, kind.name, kind.version)]
    own = context.producer().build
    return any(kind.reason == "unknown" or taker.manifest.build == own for taker in takers)


def send_again(tx: Tx, kind: Kind) -> int:
    """Send what this build understands of it to its queue again, in order. Returns how many."""
    sent = 0
    while (found := _batch(tx, kind)) is not None:
        sent += found
    if sent:
        log.info("messages.unparked", message=kind.name, version=kind.version, messages=sent)
    return sent


def _batch(tx: Tx, kind: Kind) -> int | None:
    """How many of a batch were sent; None: there is no further one."""
    own = context.producer().build
    with transaction(tx):
        rows = tx.execute(_LOOK, (*kind, own, BATCH)).fetchall()
        fits = [row for row in rows if kind.reason == "unknown" or _opens(row[1])]
        for _, body, queue, carries in fits:
            envelope = Envelope.model_validate_json(body)
            outbox.put_back(tx, envelope, queue, retries=0, after=0, carries=carries)
        sent = [row[0] for row in fits]
        tx.execute(_SENT, (sent,))
        tx.execute(_TRIED, (own, [row[0] for row in rows if row[0] not in set(sent)]))
    return len(sent) if rows else None


def _opens(body: bytes) -> bool:
    """Whether this build understands a message that another one did not."""
    try:
        Envelope.model_validate_json(body).open()
    except (ContractError, ValueError):
        return False
    return True


def waiting_long(tx: Tx, seconds: float) -> list[Any]:
    """What has been parked for longer: name, version, reason, messages and since when."""
    with tx.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(_LONG, (seconds,)).fetchall()
