"""Imports: many orders at once, placed part by part."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from pydantic import ValidationError

from contracts import Envelope
from contracts.orders import ImportPart
from mesh import AsyncTx, Tx, outbox
from mesh.errors import TooLarge
from orders.domain import EventType, Order
from orders.reading import NotJson, faults
from orders.store import events, jobs, orders
from orders.store.events import Event, Position
from orders.store.jobs import Line
from orders.usecases import placing, telling
from orders.usecases.expiring import warrant

PART = 200
"""Orders in one transaction, and of what is called off in one piece."""
MOST = 100_000
"""Orders in one import."""

_FAULTS = 10  # of one line that are told

Read = Callable[[str, str], Order]
"""The order that a line means, for an account. Raises NotJson and ValidationError."""


async def add_part(id: UUID, number: int, lines: Sequence[Line], tx: AsyncTx) -> None:
    """Some of its orders have come."""
    await jobs.add_part(tx, id, number, message_id(id, number), lines)


async def start(id: UUID, parts: int, tx: AsyncTx) -> None:
    """All its orders have come: they are placed from now on."""
    await jobs.tell(tx, id, parts)
    if parts:
        await outbox.put(tx, *(_part_to_do(id, number) for number in range(1, parts + 1)))


def place_part(id: UUID, number: int, tx: Tx, *, read: Read, patience: timedelta) -> None:
    """Place the orders of one part, and tell once all parts are done: a chord, kept in our own database."""
    found = jobs.lines(tx, id, number)
    if found is None:  # called off
        return
    account, lines = found
    wrong = []
    for line, text in lines:
        try:
            _place(read(text, account).expiring(patience), patience, tx)
        except (NotJson, TooLarge) as fault:
            wrong.append({"line": line, "errors": [{"pointer": "", "detail": str(fault)}]})
        except ValidationError as error:
            wrong.append({"line": line, "errors": faults(error)[:_FAULTS]})
    if behind := jobs.done(tx, id, number, wrong):
        _tell(id, account, behind, tx)


def message_id(id: UUID, number: int) -> UUID:
    """It follows from the part, so that its message is found."""
    return uuid5(id, f"orders.import_part/{number}")


def _part_to_do(id: UUID, number: int) -> Envelope:
    return outbox.seal(ImportPart(job_id=id, part=number), message_id(id, number))


def _place(order: Order, patience: timedelta, tx: Tx) -> None:
    """Raises TooLarge, with nothing done."""
    outbox.put(tx, placing.announced(order))
    outbox.put(tx, warrant(order), after=patience)
    orders.add(tx, order)
    events.add(tx, telling.placed(order))


def _tell(id: UUID, account: str, behind: Position, tx: Tx) -> None:
    total, failed = jobs.sums(tx, id)
    data = {"job_id": str(id), "placed": total - failed, "failed": failed}
    events.add(tx, Event(account, None, EventType.IMPORT_ENDED, datetime.now(UTC), data, behind))
