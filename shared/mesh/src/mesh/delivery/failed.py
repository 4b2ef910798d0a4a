"""What becomes of a message that was not handled: another attempt, or a dead letter."""

import random
from typing import NamedTuple

import structlog

from contracts import ContractError, Envelope
from mesh import context, deadletters, inbox, outbox, wire
from mesh.database import Tx, transaction
from mesh.deadletters import Reason
from mesh.delivery.opened import Delivery
from mesh.errors import Reject, Retry, Unavailable
from mesh.handler import Failure, Handler
from mesh.wire import Raw

log = structlog.get_logger("mesh.delivery")

_BACKOFF = 300.0  # seconds, the longest between two attempts
_AWAY = 10.0  # seconds until it is tried again whether what a handler needs is there


class Failed(NamedTuple):
    """A message that was not handled, as the worker is told of it."""

    id: str | None
    """The one in its headers."""
    again: bool
    """Whether it has another attempt ahead; else it is a dead letter."""
    error: str
    queue: str
    """From which it came."""
    reason: Reason | None = None
    """Why it is a dead letter."""
    name: str | None = None
    """That of the handler it was for; None: there is none."""


def failed(
    connection: Tx, handler: Handler, delivery: Delivery, error: Exception, *, doubtful: bool = False
) -> Failed:
    """Commit another attempt, or a dead letter. `doubtful`: its effect may have been performed at this try or
    an earlier one, and the next try has to know."""
    with transaction(connection):
        settled = _settled(connection, handler, delivery, error)._replace(name=delivery.head.name)
        undo = inbox.release if doubtful and settled.again else inbox.forget
        undo(connection, [delivery.id])
        tell(connection, handler, delivery, settled, error)
        return settled


def _settled(connection: Tx, handler: Handler, delivery: Delivery, error: Exception) -> Failed:
    text = f"{type(error).__name__}: {error}"
    try:
        envelope = delivery.envelope
    except ContractError:  # it cannot be sent again as it came
        return bury(connection, delivery.raw, None, "malformed", text)
    if isinstance(error, (Reject, ContractError)):
        return bury(connection, delivery.raw, envelope, "rejected", text)
    if isinstance(error, Unavailable):  # it says nothing of the message: as long as it takes
        return _waiting(connection, delivery, envelope, error, text)
    if delivery.attempt >= handler.attempts:
        return bury(connection, delivery.raw, envelope, "exhausted", text)
    after = _delay(delivery.attempt, error)
    again(connection, delivery, envelope, after=after, costs=1)
    expected = isinstance(error, Retry)
    delivery.log.warning(
        "delivery.retried", error=text, after=round(after, 1), exc_info=not expected and error
    )
    return Failed(delivery.raw.id, again=True, error=text, queue=delivery.raw.queue)


def _waiting(connection: Tx, delivery: Delivery, envelope: Envelope, error: Unavailable, text: str) -> Failed:
    after = _AWAY * random.uniform(0.5, 1.5) if error.after is None else error.after
    again(connection, delivery, envelope, after=after, costs=0)
    # Who says when to come again has said what is the matter, once, and not for each message.
    log_it = delivery.log.warning if error.after is None else delivery.log.info
    log_it("delivery.waiting", error=text, after=round(after, 1))
    return Failed(delivery.raw.id, again=True, error=text, queue=delivery.raw.queue)


def tell(
    connection: Tx, handler: Handler, delivery: Delivery, settled: Failed, cause: Exception | None = None
) -> None:
    """Have the service say of it what it wants to. A fault in that keeps no message from being settled."""
    if handler.failed is None:
        return
    begun = False
    try:
        with connection.transaction(), context.delivery(delivery.head, delivery.attempt):
            begun = True
            handler.failed(delivery.message, connection, Failure(settled.error, settled.again, cause))
    except Exception:
        if connection.broken or not begun:  # then it is what was written before that failed
            raise
        delivery.log.exception("failure.untold")


def again(connection: Tx, delivery: Delivery, envelope: Envelope, *, after: float, costs: int) -> None:
    """Send a message to this service once more, `after` seconds from now; it costs so many attempts."""
    retries = delivery.attempt - 1 + costs
    raw = delivery.raw
    outbox.put_back(connection, envelope, raw.queue, retries=retries, after=after, carries=wire.carries(raw))


def bury(connection: Tx, raw: Raw, envelope: Envelope | None, reason: Reason, error: str) -> Failed:
    """Keep a message as a dead letter."""
    attempts = wire.retries(raw) + 1
    id = deadletters.keep(
        connection,
        raw.body,
        raw.headers,
        queue=raw.queue,
        reason=reason,
        error=error,
        attempts=attempts,
        envelope=envelope,
        carries=wire.carries(raw) if envelope else None,
    )
    log.error(
        "message.dead_lettered",
        message=envelope.name if envelope else None,
        message_id=str(id),
        reason=reason,
        error=error,
        attempt=attempts,
    )
    return Failed(raw.id, again=False, error=f"{reason}: {error}", queue=raw.queue, reason=reason)


def _delay(attempt: int, error: Exception) -> float:
    """Seconds: 1, 2, 4 ... 300, each times 0.5 to 1.5, so that a herd does not come back as one."""
    if isinstance(error, Retry) and error.after is not None:
        return error.after
    return min(2.0 ** (attempt - 1), _BACKOFF) * random.uniform(0.5, 1.5)
