"""A chunk of messages in one transaction, and one round trip for many of its statements.

If one message fails, all is rolled back and the halves are tried on their own: a chunk costs one
commit when all is well, one bad message in n costs about 2 log n more, and no message costs a savepoint.

A chunk that turns out slow ends early: nobody waits long behind messages that were thought to be fast.
"""

import time
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from contracts import Value
from mesh import bulk, context, inbox
from mesh.database import Tx, transaction
from mesh.delivery.failed import Failed, again, failed
from mesh.delivery.opened import Delivery, log
from mesh.effect import Effect
from mesh.handler import Handler, refuse_other
from mesh.inbox import Seen
from mesh.timelimit import time_limit

T = TypeVar("T")
Intended = tuple[Delivery, Effect[Any]]
Done = tuple[Delivery, Effect[Any], Any]

_BUSY = 5.0  # seconds until a message is looked at again whose effect another process performs


class Together:
    """One chunk's way through one handler, on one connection."""

    def __init__(self, connection: Tx, handler: Handler, deps: Any, until: float) -> None:
        """After `until`, of the monotonic clock, no further message is begun; a batch is begun as a whole."""
        self._connection = connection
        self._handler = handler
        self._deps = deps
        self._until = until
        self._looked = False  # whether it is known what the inbox has of the chunk
        self._doubtful: set[UUID] = set()  # an earlier try may have performed their effects
        self._locked: set[UUID] = set()  # those that are ours: a lock outlives a transaction that is undone
        self.left: set[UUID] = set()
        """What `settle` has not begun."""
        self.failures: list[Failed] = []
        """What `settle` could not handle, and what became of it."""

    def settle(self, chunk: Sequence[Delivery]) -> None:
        """Handle all, perform what is to be performed, record what came of it."""
        try:
            intended, left = self._handled(chunk)
        except Exception as error:
            if self._connection.broken:
                raise
            if len(chunk) == 1:
                self._failed(chunk[0], error, performed=not self._looked)
            else:
                for half in _halves(chunk):
                    self.settle(half)
        else:
            self.left.update(d.id for d in left)
            done, not_begun = self._performed(intended)
            self._record(done)
            self._give_back(not_begun)

    def _handled(self, chunk: Sequence[Delivery]) -> tuple[list[Intended], Sequence[Delivery]]:
        """Handle a chunk in one transaction. Returns the effects that are to be performed now, and what was
        not begun."""
        tx, self._looked = self._connection, False
        by_id = {d.id: d for d in chunk}
        with transaction(tx):
            seen = inbox.begin(tx, list(by_id), [d.head.name for d in by_id.values()])
            self._looked = True
            uncertain = [d for id, d in by_id.items() if seen[id] is Seen.UNCERTAIN]
            self._doubtful |= {d.id for d in uncertain}
            ours = self._taken_over(uncertain)
            fresh = [d for id, d in by_id.items() if seen[id] is Seen.NEVER or id in ours]
            with bulk.gathering(tx):
                effects, left = self._run(fresh)
            self._leave(left)
            self._open(effects)
            begun = {d.id for d, _ in effects} | {d.id for d in left}
            if settled := ours - begun:
                inbox.close_effects(tx, settled)
        for delivery in chunk:
            if seen[delivery.id] is Seen.DONE:
                delivery.log.info("delivery.duplicate")
        return [(d, _repeated(d, e) if d.id in self._doubtful else e) for d, e in effects], left

    def _taken_over(self, uncertain: Sequence[Delivery]) -> set[UUID]:
        """Those whose effects an earlier try has begun, and that are ours now. The others are being performed
        by somebody at this moment: they are looked at again later."""
        if wanted := [d.id for d in uncertain if d.id not in self._locked]:
            self._locked |= inbox.open_effects(self._connection, wanted)
        for delivery in uncertain:
            if delivery.id not in self._locked:
                again(self._connection, delivery, delivery.envelope, after=_BUSY, costs=0)
        return self._locked & {d.id for d in uncertain}

    def _open(self, effects: Sequence[Intended]) -> None:
        """Nobody else can have those that were entered a moment ago."""
        if new := [d.id for d, _ in effects if d.id not in self._doubtful]:
            inbox.open_effects(self._connection, new)

    def _leave(self, left: Sequence[Delivery]) -> None:
        if new := [d.id for d in left if d.id not in self._doubtful]:
            inbox.leave(self._connection, new)
        if old := [d.id for d in left if d.id in self._doubtful]:
            inbox.release(self._connection, old)

    def _run(self, fresh: Sequence[Delivery]) -> tuple[list[Intended], Sequence[Delivery]]:
        if self._handler.batch:
            self._run_batch(fresh)
            return [], []
        effects: list[Intended] = []
        for number, delivery in enumerate(fresh):
            if number and time.monotonic() > self._until:
                return effects, fresh[number:]
            if effect := self._run_one(delivery):
                effects.append((delivery, effect))
        return effects, []

    def _run_one(self, delivery: Delivery) -> Effect[Any] | None:
        doubtful = delivery.id in self._doubtful
        with (
            context.delivery(delivery.head, delivery.attempt, doubtful),
            time_limit(self._handler.time_limit),
        ):
            outcome = self._handler.function(delivery.message, self._connection, self._deps)
            if isinstance(outcome, Effect):
                log.info("effect.intended")
                return outcome
            self._answer(delivery, outcome)
            log.info("delivery.handled")
            return None

    def _failed(self, delivery: Delivery, error: Exception, *, performed: bool = False) -> None:
        """`performed`: its effect was, or may have been."""
        doubtful = performed or delivery.id in self._doubtful
        self.failures.append(failed(self._connection, self._handler, delivery, error, doubtful=doubtful))

    def _answer(self, delivery: Delivery, reply: Value | None) -> None:
        refuse_other(self._handler, reply)
        if reply is not None:
            inbox.reply(self._connection, delivery.id, reply)

    def _run_batch(self, fresh: Sequence[Delivery]) -> None:
        if not fresh:
            return
        with context.batch(fresh):
            with time_limit(self._handler.time_limit):
                self._handler.function([d.message for d in fresh], self._connection, self._deps)
            log.info("batch.handled", first=str(fresh[0].id), last=str(fresh[-1].id))

    def _performed(self, intended: list[Intended]) -> tuple[list[Done], Sequence[Intended]]:
        """Perform effects. Returns what succeeded, and what was not begun; the rest has another try ahead."""
        done: list[Done] = []
        for number, (delivery, effect) in enumerate(intended):
            if number and time.monotonic() > self._until:
                return done, intended[number:]
            try:
                with (
                    context.delivery(delivery.head, delivery.attempt),
                    time_limit(self._handler.time_limit),
                ):
                    done.append((delivery, effect, effect.perform()))
            except Exception as error:  # noqa: BLE001 as in settle
                self._failed(delivery, error)
        return done, []

    def _give_back(self, intended: Sequence[Intended]) -> None:
        """As if these had not been handled: nobody has begun to perform what they intend."""
        if not intended:
            return
        with transaction(self._connection):
            if new := [d.id for d, _ in intended if d.id not in self._doubtful]:
                inbox.forget(self._connection, new)
            if old := [d.id for d, _ in intended if d.id in self._doubtful]:
                inbox.release(self._connection, old)
        self.left.update(d.id for d, _ in intended)

    def _record(self, done: Sequence[Done]) -> None:
        """Commit what follows from effects, and that they are done."""
        if not done:
            return
        try:
            self._commit(done)
        except Exception as error:
            if self._connection.broken:
                raise
            if len(done) == 1:
                self._failed(done[0][0], error, performed=True)
            else:
                for half in _halves(done):
                    self._record(half)

    def _commit(self, done: Sequence[Done]) -> None:
        tx = self._connection
        with transaction(tx):
            inbox.close_effects(tx, [delivery.id for delivery, _, _ in done])
            with bulk.gathering(tx):
                for delivery, effect, outcome in done:
                    with context.delivery(delivery.head, delivery.attempt):
                        self._answer(delivery, effect.then(tx, outcome))
                        log.info("effect.done")


def _repeated(delivery: Delivery, effect: Effect[Any]) -> Effect[Any]:
    delivery.log.warning("effect.doubted" if effect.in_doubt else "effect.repeated")
    return effect.repeated()


def _halves(chunk: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    middle = len(chunk) // 2
    return chunk[:middle], chunk[middle:]
