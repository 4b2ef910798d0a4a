"""Deliveries: events on their way to endpoints, and what came of each attempt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from mesh import AsyncTx, bulk
from orders.webhooks import Attempt, Delivery, DeliveryState

KEPT = "30 days"
LEASE = timedelta(seconds=60)
"""For which nobody else tries a delivery: four times as long as it may take."""

_COLUMNS = "d.id, d.endpoint_id, d.event_id, d.type, d.body, d.state, d.failures, d.due_at"
_ADD = """
    INSERT INTO deliveries (id, endpoint_id, event_id, type, body)
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[])
"""
_CLAIM = f"""
    WITH due AS (
        SELECT account, coalesce(has, 0) AS has, found.id
        FROM endpoints LEFT JOIN unnest(%(accounts)s::text[], %(places)s::int[]) AS taken (account, has)
        USING (account), LATERAL (
            SELECT id FROM deliveries
            WHERE endpoint_id = endpoints.id AND state = 'pending' AND due_at <= now()
            ORDER BY due_at LIMIT CASE WHEN failing_since IS NULL THEN %(each)s ELSE 1 END
            FOR UPDATE SKIP LOCKED
        ) AS found
        WHERE enabled AND endpoints.id <> ALL(%(busy)s) AND coalesce(has, 0) + 1 < %(room)s
    ), places AS (
        SELECT id, has + row_number() OVER (PARTITION BY account ORDER BY random()) AS place FROM due
    ), turns AS (  -- who has the fewest comes first, and leaves as many as it has then
        SELECT id, place, row_number() OVER (ORDER BY place, random()) AS turn FROM places
    )
    UPDATE deliveries d SET due_at = now() + %(lease)s FROM turns
    WHERE d.id = turns.id AND place <= %(room)s - turn RETURNING {_COLUMNS}
"""
_TRIED = """
    INSERT INTO attempts (delivery_id, at, milliseconds, status, error)
    SELECT tried.* FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::int[], %b::text[]) AS tried (id)
    JOIN deliveries USING (id) FOR KEY SHARE OF deliveries  -- its endpoint may have been removed meanwhile
"""
_SETTLE = """
    UPDATE deliveries d SET state = new.state, failures = new.failures, due_at = now() + new.after
    FROM unnest(%b::uuid[], %b::text[], %b::int[], %b::interval[]) AS new (id, state, failures, after)
    WHERE d.id = new.id
"""
_PAGE = f"""
    SELECT {_COLUMNS}, ARRAY(
        SELECT json_build_array(at, milliseconds, status, error) FROM attempts
        WHERE delivery_id = d.id ORDER BY at
    ) FROM deliveries d WHERE endpoint_id = %(endpoint)s {{which}}
    AND id < coalesce(%(after)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY id DESC LIMIT %(limit)s
"""  # an OR would be read along the index from its end, whatever comes after: a plan knows no values
_ANY, _IN_STATE = _PAGE.format(which=""), _PAGE.format(which="AND state = %(state)s")
_AGAIN = f"""
    UPDATE deliveries d SET state = 'pending', failures = 0, due_at = now()
    WHERE endpoint_id = %s AND id = %s RETURNING {_COLUMNS}
"""
FORGET = f"""
    WITH gone AS (
        DELETE FROM deliveries WHERE id IN (
            SELECT id FROM deliveries WHERE state <> 'pending' AND due_at < now() - interval '{KEPT}' LIMIT %s
        ) RETURNING 1
    ) SELECT count(*) FROM gone
"""
"""Those whose time is over; see `forgetting`."""
FORGET_REMOVED = """
    WITH RECURSIVE endpoint (id) AS (  -- each that there are deliveries to, by one look into the index
        (SELECT endpoint_id FROM deliveries ORDER BY endpoint_id LIMIT 1) UNION ALL
        SELECT next.* FROM endpoint, LATERAL (
            SELECT endpoint_id FROM deliveries WHERE endpoint_id > endpoint.id ORDER BY endpoint_id LIMIT 1
        ) AS next
    ), gone AS (
        DELETE FROM deliveries WHERE ctid = ANY (ARRAY(
            SELECT left_over.ctid FROM endpoint, LATERAL (
                SELECT ctid FROM deliveries WHERE endpoint_id = endpoint.id FOR UPDATE SKIP LOCKED
            ) AS left_over
            WHERE NOT EXISTS (SELECT FROM endpoints WHERE endpoints.id = endpoint.id) LIMIT %s
        )) RETURNING 1
    ) SELECT count(*) FROM gone
"""
"""Those whose endpoint was removed: it is gone at once, for everybody, and they follow it some at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to become of a delivery."""

    delivery: Delivery
    attempt: Attempt
    state: DeliveryState
    failures: int
    again_after: timedelta = timedelta()
    """For one that is pending."""


async def add(tx: AsyncTx, *deliveries: Delivery) -> None:
    """To be sent at once."""
    rows = [(d.id, d.endpoint_id, d.event_id, d.type, d.body) for d in deliveries]
    if rows:
        await bulk.write(tx, _ADD, *rows)


async def claim(
    tx: AsyncTx, each: int, room: int, busy: Collection[UUID], taken: Mapping[str, int]
) -> list[Delivery]:
    """Some that are due, `each` of one endpoint at the most and none of those that are busy.

    `room`: how many places there are for them; `taken`: those that accounts have already. None gets more
    than it leaves free for others. Who does not settle them within their lease loses them to whoever comes
    then.
    """
    values = {"each": each, "room": room, "busy": list(busy), "lease": LEASE}
    accounts = {"accounts": list(taken), "places": list(taken.values())}
    return [_delivery(row) for row in await (await tx.execute(_CLAIM, values | accounts)).fetchall()]


async def settle(tx: AsyncTx, settled: Sequence[Settled]) -> None:
    """Keep what came of attempts."""
    tries = [
        (s.attempt.delivery_id, s.attempt.at, s.attempt.milliseconds, s.attempt.status, s.attempt.error)
        for s in settled
    ]
    await bulk.write(tx, _TRIED, *tries)
    await bulk.write(tx, _SETTLE, *((s.delivery.id, s.state, s.failures, s.again_after) for s in settled))


async def page(
    tx: AsyncTx, endpoint_id: UUID, state: DeliveryState | None, after: UUID | None, limit: int
) -> list[tuple[Delivery, list[Attempt]]]:
    """Deliveries to an endpoint, the newest first, with their attempts."""
    values = {"endpoint": endpoint_id, "state": state, "after": after, "limit": limit}
    rows = await (await tx.execute(_IN_STATE if state else _ANY, values)).fetchall()
    return [(_delivery(row[:-1]), [Attempt(row[0], *tried) for tried in row[-1]]) for row in rows]


async def again(tx: AsyncTx, endpoint_id: UUID, id: UUID) -> Delivery | None:
    """As if it had never been sent, but for its attempts. None: there is none."""
    row = await (await tx.execute(_AGAIN, (endpoint_id, id))).fetchone()
    return row and _delivery(row)


def _delivery(row: Sequence[Any]) -> Delivery:
    id, endpoint_id, event_id, type, body, state, *rest = row
    return Delivery(id, endpoint_id, event_id, type, body, DeliveryState(state), *rest)
