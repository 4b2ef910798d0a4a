"""One delivery, from bytes to commit: what the promise of the mesh is made of.

    open envelope -> begin -> inbox: seen? -> handler -> outbox rows -> commit -> [effect -> commit]

The worker acknowledges after `Deliveries.handle` returns, and only then. Whatever comes back, each
message has been handled, or lies in the outbox for another try, or in the dead letters: committed.
If it raises Unavailable the worker keeps the messages and calls again; the inbox drops what was done.

A chunk of messages shares one transaction, and one round trip carries many of its statements. If one
message fails, all is rolled back and the halves are tried on their own: a chunk costs one commit when
all is well, one bad message in n costs about 2 log n more, and no message costs a savepoint.
"""

import random
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import structlog

from contracts import ContractError, Envelope, Message, UnknownContract, UnknownVersion
from mesh import bulk, context, deadletters, inbox, outbox, wire
from mesh.consumer import Consumer, Handler
from mesh.database import Database, Tx, transaction
from mesh.deadletters import Reason
from mesh.effect import Effect
from mesh.errors import Reject, Retry
from mesh.inbox import Seen
from mesh.timelimit import time_limit
from mesh.wire import Raw

T = TypeVar("T")
log = structlog.get_logger(__name__)

POISON = 3
"""A message that was being handled when so many processes died is not tried again."""

_BUSY = 5.0  # seconds until a message is looked at again whose effect another process performs
_BACKOFF = 300.0  # seconds, the longest between two attempts


class Delivery(NamedTuple):
    """A message that was understood."""

    raw: Raw
    envelope: Envelope
    message: Message
    attempt: int
    """Counts from 1."""

    @property
    def id(self) -> UUID:
        return self.envelope.id


Intended = tuple[Delivery, Effect[Any]]
Done = tuple[Delivery, Effect[Any], Any]


class Deliveries:
    """What a worker's child, or thread, does with the messages it is handed."""

    def __init__(self, consumer: Consumer[Any], database: Database, deps: Any) -> None:
        self._handlers = consumer.handlers
        self._database = database
        self._deps = deps

    def handle(self, name: str | None, chunk: Sequence[Raw]) -> float:
        """Settle every message of a chunk; `name` is None for what the worker found no handler for.

        Returns the seconds it took for each. Raises Unavailable: then nothing is lost, call again.
        """
        started = time.perf_counter()
        with self._database.connection() as connection:
            known = [d for raw in chunk if (d := self._opened(connection, raw, name))]
            if name and known:
                self._settle(connection, self._handlers[name], known)
        return (time.perf_counter() - started) / len(chunk)

    def _opened(self, connection: Tx, raw: Raw, name: str | None) -> Delivery | None:
        """The message in `raw`; what cannot be understood becomes a dead letter instead."""
        envelope = None
        try:
            envelope = wire.envelope(raw)
            if envelope.name not in self._handlers:
                raise UnknownContract(f"this build has no handler for {envelope.name}")
            if envelope.name != name:
                task = raw.headers.get("task")
                raise ContractError(f"its envelope names {envelope.name}, its headers {task!r}")
            delivery = Delivery(raw, envelope, envelope.open(), wire.retries(raw) + 1)
        except Exception as error:  # noqa: BLE001 also a fault in an upcast: it must not stop the messages around it
            self._bury(connection, raw, envelope, _reason(error, envelope), str(error))
            return None
        if raw.deaths >= POISON:
            self._bury(connection, raw, envelope, "poison", f"{raw.deaths} processes died handling it")
            return None
        return delivery

    def _settle(self, connection: Tx, handler: Handler, chunk: Sequence[Delivery]) -> None:
        try:
            intended = self._together(connection, handler, chunk)
        except Exception as error:
            if connection.broken:
                raise
            if len(chunk) == 1:
                self._failed(connection, handler, chunk[0], error)
            else:
                for half in _halves(chunk):
                    self._settle(connection, handler, half)
        else:
            self._record(connection, handler, self._performed(connection, handler, intended))

    def _together(self, connection: Tx, handler: Handler, chunk: Sequence[Delivery]) -> list[Intended]:
        """Handle a chunk in one transaction. Returns the effects that are to be performed now."""
        by_id = {d.id: d for d in chunk}
        with transaction(connection):
            seen = inbox.begin(connection, list(by_id), [handler.contract.name] * len(by_id))
            fresh = [d for id, d in by_id.items() if seen[id] is not Seen.DONE]
            with bulk.gathering(connection):
                effects = self._run(connection, handler, fresh)
            ours = inbox.open_effects(connection, [d.id for d, _ in effects]) if effects else set()
            for delivery, _ in effects:
                if delivery.id not in ours:
                    self._again(connection, delivery, after=_BUSY, costs=0)
        for delivery in chunk:
            if seen[delivery.id] is Seen.DONE:
                _log(delivery).info("delivery.duplicate")
            elif seen[delivery.id] is Seen.UNCERTAIN and delivery.id in ours:
                _log(delivery).warning("effect.repeated")
        return [(d, effect) for d, effect in effects if d.id in ours]

    def _run(self, connection: Tx, handler: Handler, fresh: Sequence[Delivery]) -> list[Intended]:
        if handler.batch:
            self._run_batch(connection, handler, fresh)
            return []
        run = ((d, self._run_one(connection, handler, d)) for d in fresh)
        return [(d, effect) for d, effect in run if effect]

    def _run_one(self, connection: Tx, handler: Handler, delivery: Delivery) -> Effect[Any] | None:
        with context.delivery(delivery.envelope, delivery.attempt), time_limit(handler.time_limit):
            effect = handler.function(delivery.message, connection, self._deps)
            log.info("delivery.handled" if effect is None else "effect.intended")
            return effect

    def _run_batch(self, connection: Tx, handler: Handler, fresh: Sequence[Delivery]) -> None:
        if not fresh:
            return
        with structlog.contextvars.bound_contextvars(message=handler.contract.name, batch=len(fresh)):
            with time_limit(handler.time_limit):
                handler.function([d.message for d in fresh], connection, self._deps)
            log.info("batch.handled", first=str(fresh[0].id), last=str(fresh[-1].id))

    def _performed(self, connection: Tx, handler: Handler, intended: list[Intended]) -> list[Done]:
        """Perform effects. Returns those that succeeded; the others have another try ahead."""
        done: list[Done] = []
        for delivery, effect in intended:
            try:
                with context.delivery(delivery.envelope, delivery.attempt), time_limit(handler.time_limit):
                    done.append((delivery, effect, effect.perform()))
            except Exception as error:  # noqa: BLE001 as in _settle
                self._failed(connection, handler, delivery, error)
        return done

    def _record(self, connection: Tx, handler: Handler, done: Sequence[Done]) -> None:
        """Commit what follows from effects, and that they are done."""
        if not done:
            return
        try:
            with transaction(connection):
                inbox.close_effects(connection, [delivery.id for delivery, _, _ in done])
                with bulk.gathering(connection):
                    for delivery, effect, outcome in done:
                        with context.delivery(delivery.envelope, delivery.attempt):
                            effect.then(connection, outcome)
                            log.info("effect.done")
        except Exception as error:
            if connection.broken:
                raise
            if len(done) == 1:
                self._failed(connection, handler, done[0][0], error)
            else:
                for half in _halves(done):
                    self._record(connection, handler, half)

    def _failed(self, connection: Tx, handler: Handler, delivery: Delivery, error: Exception) -> None:
        """Another attempt, or a dead letter."""
        text = f"{type(error).__name__}: {error}"
        with transaction(connection):
            inbox.forget(connection, delivery.id)
            if isinstance(error, (Reject, ContractError)):
                self._bury(connection, delivery.raw, delivery.envelope, "rejected", text)
            elif delivery.attempt >= handler.attempts:
                self._bury(connection, delivery.raw, delivery.envelope, "exhausted", text)
            else:
                after = _delay(delivery.attempt, error)
                self._again(connection, delivery, after=after, costs=1)
                expected = isinstance(error, Retry)
                _log(delivery).warning(
                    "delivery.retried", error=text, after=round(after, 1), exc_info=not expected and error
                )

    def _again(self, connection: Tx, delivery: Delivery, *, after: float, costs: int) -> None:
        retries = delivery.attempt - 1 + costs
        outbox.put_back(connection, delivery.envelope, delivery.raw.queue, retries=retries, after=after)

    def _bury(self, connection: Tx, raw: Raw, envelope: Envelope | None, reason: Reason, error: str) -> None:
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
        )
        name = envelope.name if envelope else None
        log.error(
            "message.dead_lettered",
            message=name,
            message_id=str(id),
            reason=reason,
            error=error,
            attempt=attempts,
        )


def _halves(chunk: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    middle = len(chunk) // 2
    return chunk[:middle], chunk[middle:]


def _reason(error: Exception, envelope: Envelope | None) -> Reason:
    if isinstance(error, (UnknownContract, UnknownVersion)):
        return "unknown"
    return "contract" if envelope else "malformed"


def _delay(attempt: int, error: Exception) -> float:
    """Seconds: 1, 2, 4 ... 300, each times 0.5 to 1.5, so that a herd does not come back as one."""
    if isinstance(error, Retry) and error.after is not None:
        return error.after
    return min(2.0 ** (attempt - 1), _BACKOFF) * random.uniform(0.5, 1.5)


def _log(delivery: Delivery) -> Any:
    return log.bind(
        message=delivery.envelope.name,
        message_id=str(delivery.id),
        correlation_id=str(delivery.envelope.correlation_id),
        attempt=delivery.attempt,
    )
