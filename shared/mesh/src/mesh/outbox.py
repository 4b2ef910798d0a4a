"""The outbox: messages to send, committed with what they tell of. The relay moves them on.

A row without a queue goes to the exchange by its routing key; one with a queue goes to that queue
alone (a retry, a replay). `due_at` may lie in the future: nothing waits in a worker's memory.
"""

import json
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple, cast, overload
from uuid import UUID

from psycopg.types.json import Json

from contracts import DEFAULT_LANE, Envelope, Message, contract_of, model_of
from mesh import bulk, context
from mesh.database import AsyncTx, Tx
from mesh.errors import TooLarge, UnknownLane
from mesh.topology import routing_key

LIMIT = 64 * 1024
"""Bytes of an envelope. Brokers and inboxes carry messages; stores carry documents."""

NOW = timedelta(0)

CHANNEL = "outbox"
"""The PostgreSQL channel that wakes the relays."""

_PUT = """
    WITH put AS (
        INSERT INTO outbox (message_id, name, routing_key, envelope)
        SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::json[])
    ) SELECT pg_notify('outbox', '')
"""
_PUT_LATER = """
    WITH put AS (
        INSERT INTO outbox (message_id, name, routing_key, envelope, due_at)
        SELECT id, name, key, envelope, now() + after
        FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::json[], %b::interval[])
            AS new (id, name, key, envelope, after)
    ) SELECT pg_notify('outbox', '')
"""
_PUT_SEALED = """
    WITH put AS (
        INSERT INTO outbox (message_id, name, routing_key, envelope, carries)
        SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::json[], %b::json[])
    ) SELECT pg_notify('outbox', '')
"""
_WITHDRAW = """
    DELETE FROM outbox WHERE seq IN (
        SELECT seq FROM outbox WHERE message_id = ANY(%s::uuid[]) FOR UPDATE SKIP LOCKED
    )
"""
_PUT_BACK = """
    WITH put AS (
        INSERT INTO outbox (message_id, name, queue, envelope, retries, due_at, carries)
        VALUES (%s, %s, %s, %s::json, %s, now() + %s, %s)
    ) SELECT pg_notify('outbox', '')
"""
_TAKE = """
    WITH due AS (
        SELECT seq FROM outbox WHERE due_at <= now() ORDER BY due_at, seq LIMIT %s
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM outbox USING due WHERE outbox.seq = due.seq
        RETURNING outbox.due_at, outbox.seq, message_id::text, name, routing_key, queue, envelope::text,
                  retries, carries
    ) SELECT message_id, name, routing_key, queue, envelope, retries, carries FROM taken ORDER BY due_at, seq
"""
_NEXT = "SELECT extract(epoch FROM min(due_at) - now())::float FROM outbox"


class Outgoing(NamedTuple):
    """A message on its way from the outbox to the broker."""

    id: str
    name: str
    routing_key: str | None
    queue: str | None
    envelope: str
    """The JSON document, as it was written."""
    retries: int
    carries: dict[str, Any] | None = None
    """What a Celery client had it carry, see `wire.carries`."""


def seal(message: Message, id: UUID | None = None) -> Envelope:
    """A message in its envelope, as part of the story that is being told at this moment.

    `id`: its own for ever, where it has to be known later; None: a new one.
    Raises Undeclared for what the service does not say that it sends.
    """
    context.refuse_undeclared(type(message))
    return Envelope.around(
        message,
        context.producer(),
        cause=context.handling.get(),
        correlation_id=context.correlation.get(),
        traceparent=context.trace.get(),
        id=id,
    )


@overload
def put(tx: Tx, *messages: Message | Envelope, lane: str | None = ..., after: timedelta = ...) -> None: ...
@overload
def put(
    tx: AsyncTx, *messages: Message | Envelope, lane: str | None = ..., after: timedelta = ...
) -> Awaitable[None]: ...
def put(
    tx: Tx | AsyncTx, *messages: Message | Envelope, lane: str | None = None, after: timedelta = NOW
) -> Any:
    """Send messages if, and only if, the caller's transaction commits; all in one `lane`, None: the default.

    `after`: so long after it has begun. Until then they wait here, and can be withdrawn.
    Raises TooLarge for a message over 64 KiB, with its name and size, and UnknownLane for a lane that a
    message's contract does not have.
    """
    rows: list[tuple[Any, ...]] = [_row(message, lane) for message in messages]
    statement = _PUT
    if after:
        statement, rows = _PUT_LATER, [(*row, after) for row in rows]
    return bulk.write(tx, statement, *rows)


def put_sealed(tx: Tx | AsyncTx, messages: Iterable[Outgoing]) -> Any:
    """The same of messages that are written already, each with what it carries: those that begin a canvas."""
    rows = ((UUID(m.id), m.name, m.routing_key, m.envelope, _json(m.carries)) for m in messages)
    return bulk.write(tx, _PUT_SEALED, *rows)


async def withdraw(tx: AsyncTx, *ids: UUID) -> None:
    """Do not send what still waits here. What a relay has in its hands comes all the same, and is not waited
    for: who handles it has to look whether it still holds."""
    await tx.execute(_WITHDRAW, (list(ids),))


def put_back(
    tx: Tx, envelope: Envelope, queue: str, *, retries: int, after: float, carries: dict[str, Any] | None
) -> None:
    """Send a message to one queue again, `after` seconds from now, unchanged."""
    document = envelope.model_dump_json()
    due = timedelta(seconds=after)
    row = (envelope.id, envelope.name, queue, document, retries, due, carries and Json(carries))
    tx.execute(_PUT_BACK, row)


def take(tx: Tx, limit: int) -> list[Outgoing]:
    """The next due messages, in order, gone from the table when the transaction commits."""
    return [Outgoing(*row) for row in tx.execute(_TAKE, (limit,))]


def next_due(tx: Tx) -> float | None:
    """Seconds until a row is due. None: there is no row."""
    row = tx.execute(_NEXT).fetchone()
    return cast("float | None", row and row[0])


def _row(message: Message | Envelope, lane: str | None) -> tuple[UUID, str, str, str]:
    envelope = seal(message) if isinstance(message, Message) else message
    if lane is not None:
        _refuse_unknown(lane, envelope)
    document = envelope.model_dump_json()
    if (size := len(document.encode())) > LIMIT:
        raise TooLarge(
            f"{envelope.name}: {size} bytes, the limit is {LIMIT}: "
            "store the document and send a reference to it"
        )
    return envelope.id, envelope.name, routing_key(envelope.name, envelope.version, lane), document


def _json(carries: dict[str, Any] | None) -> str | None:
    return None if carries is None else json.dumps(carries, separators=(",", ":"))


def _refuse_unknown(lane: str, envelope: Envelope) -> None:
    """Here, where a traceback shows who chose it; on the broker nobody would read what travels in it."""
    contract = contract_of(model_of(envelope.name, envelope.version))
    if lane not in contract.lanes:
        there_are = ", ".join([f"{DEFAULT_LANE} (by naming none)", *contract.lanes])
        raise UnknownLane(f"{contract} has no lane {lane!r}: there are {there_are}")
