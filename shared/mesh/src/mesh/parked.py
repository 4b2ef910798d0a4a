"""Parked messages: dead letters that another build may understand. They are sent again by themselves.

Two kinds: of a name or version that the build which met them does not know, and of data that did not fit its
contract. The first wait for any live worker that takes them; the second for one of this build, which tries.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from psycopg.rows import namedtuple_row

from contracts import Envelope
from mesh import context, outbox
from mesh.database import Tx, transaction
from mesh.leases import Live

log = structlog.get_logger(__name__)

BATCH = 500
"""Messages in one transaction."""
MOST = 10 * BATCH
"""Messages of one kind at once: who sends them again moves the outbox, too."""

_SPREAD = 1.0
"""Seconds in which a batch goes out, at random: of workers that wait, one would take all that comes at once,
and the same one whatever comes with the beat of its reading. It may be one that does not understand."""

_VERSIONED = """
    UPDATE parked SET version = substring(encode(body, 'escape') FROM '"version":(\\d{1,9})')::int
    WHERE version IS NULL
"""
_KINDS = "SELECT DISTINCT queue, name, version, reason FROM parked"
_LOOK = """
    SELECT id, body, queue, carries FROM parked
    WHERE queue = %s AND name = %s AND version = %s AND reason = %s AND died_at < %s
      AND (reason = 'unknown' OR NOT %s = ANY(builds))
    ORDER BY died_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_SENT = "DELETE FROM parked WHERE id = ANY(%s)"
_TRIED = """
    UPDATE parked SET builds = array_append(builds, %s) WHERE id = ANY(%s) AND reason = 'contract'
"""
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
    tx.execute(_VERSIONED)  # builds from before that column still park messages without it
    return [Kind(*row) for row in tx.execute(_KINDS)]


def understood(kind: Kind, live: Sequence[Live]) -> bool:
    """Whether one of these would do something else with it than to park it again."""
    takers = [process for process in live if process.takes(kind.queue, kind.name, kind.version)]
    own = context.producer().build
    return any(kind.reason == "unknown" or taker.manifest.build == own for taker in takers)


def send_again(tx: Tx, kind: Kind) -> int:
    """Send what this build understands of it to its queue again, oldest first. Returns how many.

    What an older build parks meanwhile has to wait for the next time: the two would keep each other at it.
    """
    [(now,)] = tx.execute("SELECT now()").fetchall()
    sent = 0
    for _ in range(MOST // BATCH):
        if (found := _batch(tx, kind, now)) is None:
            break
        sent += found
    if sent:
        log.info("messages.unparked", message=kind.name, version=kind.version, messages=sent)
    return sent


def _batch(tx: Tx, kind: Kind, before: datetime) -> int | None:
    """How many of a batch were sent; None: there is no further one."""
    own = context.producer().build
    with transaction(tx):
        rows = tx.execute(_LOOK, (*kind, before, own, BATCH)).fetchall()
        sent, tried = [], []
        for id, body, queue, carries in rows:
            if envelope := _understood(kind, body):
                after = random.uniform(0, _SPREAD)
                outbox.put_back(tx, envelope, queue, retries=0, after=after, carries=carries)
                sent.append(id)
            else:
                tried.append(id)
        tx.execute(_SENT, (sent,))
        tx.execute(_TRIED, (own, tried))
    return len(sent) if sent or (rows and kind.reason == "contract") else None


def _understood(kind: Kind, body: bytes) -> Envelope | None:
    """A message that another build did not understand, if there is one now that does."""
    try:
        envelope = Envelope.model_validate_json(body)
        if kind.reason == "contract":
            envelope.open()
    except Exception:  # noqa: BLE001 also a fault in an upcast: it must not stop the relay
        return None
    return envelope


def waiting_long(tx: Tx, seconds: float) -> list[Any]:
    """What has been parked for longer: name, version, reason, messages and since when."""
    with tx.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(_LONG, (seconds,)).fetchall()
