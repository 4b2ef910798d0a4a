"""For tests of services: the real pipeline on a real database, with no broker in between.

    [announced] = sent(tx, OrderPlaced)                # exactly one, and this is it
    deliver(consumer, database, deps, placed)          # as a worker's child would

Nothing here pretends: what `deliver` accepts, refuses, retries and buries, the worker does too, since
it is the same code on the same bytes.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from contracts import Envelope, Message, Producer, contract_of
from mesh import wire
from mesh.consumer import Consumer
from mesh.database import Database, Tx
from mesh.delivery import Deliveries
from mesh.outbox import Outgoing
from mesh.topology import queue_name, routing_key
from mesh.wire import Raw

M = TypeVar("M", bound=Message)

TESTER = Producer(service="tester", build="0")


def sent(tx: Tx, kind: type[M]) -> list[M]:
    """The messages of one kind that lie in the outbox, oldest first."""
    rows = tx.execute("SELECT envelope FROM outbox WHERE name = %s ORDER BY seq", (contract_of(kind).name,))
    opened = (Envelope.read(row[0]).open() for row in rows)
    return [message for message in opened if isinstance(message, kind)]


def around(message: Message) -> Envelope:
    """An envelope as some other service would send it."""
    return Envelope.around(message, TESTER)


def raw(envelope: Envelope, service: str, *, retries: int = 0, deaths: int = 0) -> Raw:
    """An envelope as the broker would deliver it to `service`."""
    out = Outgoing(
        str(envelope.id),
        envelope.name,
        routing_key(envelope.name, envelope.version),
        None,
        envelope.model_dump_json(),
        retries,
    )
    queue = queue_name(service, envelope.version)
    return Raw(wire.body(out), wire.headers(out), queue, deaths)


def deliver(
    consumer: Consumer[Any], database: Database, deps: Any, *messages: Message | Envelope | Raw
) -> None:
    """Deliver messages in one chunk: of one kind, or of those that one function takes in batches."""
    chunk = list(_raws(messages, consumer.service))
    name = chunk[0].headers.get("task")
    handler = consumer.handlers.get(name or "")
    Deliveries(consumer, database, deps).handle(handler.line if handler else name, chunk)


def settle(consumer: Consumer[Any], database: Database, deps: Any, tx: Tx, *kinds: type[Message]) -> None:
    """Deliver what the service has sent itself of these kinds (none named: of all), and what follows from it,
    until nothing of that is left in the outbox; what is due later comes now. What failed stays there."""
    names = [contract_of(kind).name for kind in kinds] or list(consumer.handlers)
    while rows := tx.execute(_TAKE_OWN, (names, f"{consumer.service}.")).fetchall():
        for name in dict.fromkeys(name for name, _ in rows):
            own = (Envelope.read(document) for named, document in rows if named == name)
            deliver(consumer, database, deps, *own)


_TAKE_OWN = """
    WITH taken AS (
        DELETE FROM outbox WHERE name = ANY(%s) AND starts_with(name, %s) AND retries = 0
        RETURNING seq, name, envelope
    ) SELECT name, envelope FROM taken ORDER BY seq
"""


def _raws(messages: Iterable[Message | Envelope | Raw], service: str) -> Iterable[Raw]:
    for message in messages:
        if isinstance(message, Raw):
            yield message
        else:
            yield raw(around(message) if isinstance(message, Message) else message, service)
