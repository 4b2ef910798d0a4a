"""What became of orders, in an order in which nobody who reads on misses one.

A transaction that began earlier may commit later, so a number that grows with each row is not enough: who
has read 7 would never see the 6 that comes then. An event's position is its transaction's id and its number
within. Those of transactions older than all that are still at work are settled: nothing comes between them.

A transaction has its id from the moment at which it first writes, and may then wait for an order that another
one holds. Its event would come before the other's, so it takes the greater of both ids: settled a little
later, and in order.
"""

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self, overload
from uuid import UUID

from psycopg.types.json import Json

from mesh import AsyncTx, Tx, bulk

KEPT = "30 days"
CHANNEL = "events"
"""The PostgreSQL channel that tells whose account has new ones."""

_ADD = """
    WITH added AS (
        INSERT INTO events (account, order_id, type, at, data, xid)
        SELECT account, order_id, type, at, data, greatest(pg_current_xact_id(), behind::xid8, (
            SELECT xid FROM events WHERE order_id = new.order_id ORDER BY events.xid DESC LIMIT 1))
        FROM unnest(%b::text[], %b::uuid[], %b::text[], %b::timestamptz[], %b::json[], %b::text[])
            AS new (account, order_id, type, at, data, behind)
        RETURNING account
    ) SELECT pg_notify('events', account) FROM (SELECT DISTINCT account FROM added) AS whose
"""
_AFTER = """
    SELECT account, order_id, type, at, data, xid::text, seq,
           xid < pg_snapshot_xmin(pg_current_snapshot()) AS settled
    FROM events WHERE account = %(account)s AND (xid, seq) > (%(xid)s::text::xid8, %(seq)s) {of_order}
    ORDER BY events.xid, seq LIMIT %(limit)s  -- not the text above
"""
_OF_ACCOUNT, _OF_ORDER = _AFTER.format(of_order=""), _AFTER.format(of_order="AND order_id = %(order)s")
_END = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
_REACHES = """
    SELECT %(xid)s::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())
       AND NOT EXISTS (SELECT FROM events_forgotten WHERE (xid, seq) > (%(xid)s::text::xid8, %(seq)s))
"""
FORGET = f"""
    WITH gone AS (
        DELETE FROM events WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM events WHERE at < now() - interval '{KEPT}' LIMIT %s FOR UPDATE SKIP LOCKED
        )) RETURNING xid, seq
    ), noted AS (
        INSERT INTO events_forgotten AS last (xid, seq)
        SELECT xid, seq FROM gone ORDER BY gone.xid DESC, seq DESC LIMIT 1
        ON CONFLICT (one) DO UPDATE SET xid = excluded.xid, seq = excluded.seq
        WHERE (last.xid, last.seq) < (excluded.xid, excluded.seq)
    ) SELECT count(*) FROM gone
"""
"""Those whose time is over; see `forgetting`."""
_POSITION = re.compile(r"(\d{1,19})-(\d{1,18})")


class Position(NamedTuple):
    """Where an event is among the others of its account. Clients see it as the event's id."""

    xid: int
    seq: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.seq}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None: that is none."""
        found = _POSITION.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None


START = Position(0, 0)
"""Before all events."""


@dataclass(frozen=True, slots=True)
class Event:
    account: str
    order_id: UUID | None
    """None: it is about none."""
    type: str
    """Of domain.EventType, or of a newer build."""
    at: datetime
    data: Mapping[str, Any]
    """Facts about the order, or the endpoint, as it was then."""
    position: Position = field(default=START, compare=False)
    """Given by the database, which keeps it behind all of its order, and behind what is said here."""


@dataclass(frozen=True, slots=True)
class Page:
    """What follows a position."""

    events: list[Event]
    settled: bool
    """Whether that is all there is; else more waits behind it, for a transaction that is still at work."""


@overload
def add(tx: Tx, *events: Event) -> None: ...
@overload
def add(tx: AsyncTx, *events: Event) -> Awaitable[Any]: ...
def add(tx: Tx | AsyncTx, *events: Event) -> Any:
    """Tell whoever follows, if the transaction commits. It must hold the orders that they are about."""
    return bulk.write(tx, _ADD, *map(_row, events))


async def ring(tx: AsyncTx, account: str) -> None:
    """Have whoever follows the account, or sends for it, look."""
    await tx.execute("SELECT pg_notify(%s, %s)", (CHANNEL, account))


async def after(
    tx: AsyncTx, account: str, position: Position, limit: int, order_id: UUID | None = None
) -> Page:
    """The settled events behind a position, so many at the most: the account's, or those of one order."""
    values = {"account": account, "order": order_id, "limit": limit, **position._asdict()}
    rows = await (await tx.execute(_OF_ORDER if order_id else _OF_ACCOUNT, values)).fetchall()
    settled = [row for row in rows if row[-1]]
    return Page([_event(row) for row in settled], settled=len(settled) == len(rows))


async def end(tx: AsyncTx) -> Position:
    """The position that all that is settled by now lies before."""
    [xmin] = await (await tx.execute(_END)).fetchone() or ("0",)
    return Position(int(xmin), 0)


async def reaches(tx: AsyncTx, position: Position) -> bool:
    """Whether all that came behind a position is still there; not so of one that another server gave."""
    [reaches] = await (await tx.execute(_REACHES, position._asdict())).fetchone() or (False,)
    return bool(reaches)


def _row(event: Event) -> tuple[Any, ...]:
    behind = str(event.position.xid)  # psycopg knows no xid8
    return event.account, event.order_id, event.type, event.at, Json(dict(event.data)), behind


def _event(row: Sequence[Any]) -> Event:
    account, order_id, type, at, data, xid, seq, _ = row
    return Event(account, order_id, type, at, data, Position(int(xid), seq))
