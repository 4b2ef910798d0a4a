"""One delivery, from bytes to commit: what the promise of the mesh is made of.

    open envelope -> begin -> inbox: seen? -> handler -> outbox rows -> commit -> [effect -> commit]

opened.py     bytes to a message that was understood
together.py   a chunk of messages in one transaction, halves where one of them fails
bare.py       the same for handlers that need no database
answered.py   what became of it, for whoever waits for a reply
failed.py     what becomes of a message that was not handled

The worker acknowledges after `Deliveries.handle` returns, and only then. Whatever comes back, each
message has been handled, or lies in the outbox for another try, or in the dead letters: committed. Or it is
named as not begun, and the worker keeps it.
If it raises Unavailable the worker keeps the messages and calls again; the inbox drops what was done.
"""

import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from contracts import Envelope
from mesh.consumer import Consumer
from mesh.database import Database, transaction
from mesh.deadletters import Reason
from mesh.delivery import bare
from mesh.delivery.answered import Answer, look
from mesh.delivery.failed import Failed, bury, failed, tell
from mesh.delivery.opened import Delivery, NotUnderstood, identity, opened
from mesh.delivery.together import Together
from mesh.flow.tally import Tally
from mesh.handler import Handler
from mesh.wire import Raw

__all__ = ["POISON", "Answer", "Deliveries", "Failed", "Handled"]

POISON = 3
"""A message that was being handled when so many processes died is not tried again."""


class Handled(NamedTuple):
    """A chunk is settled, or the messages of it that were begun."""

    seconds: float
    """For each of these, on average."""
    failures: list[Failed]
    left: list[int]
    """Places in the chunk of those that were not."""


Outcome = tuple[list[Failed], Sequence[Delivery]]
"""What was not handled, and what was not begun."""


class Deliveries:
    """What a worker's child, or thread, does with the messages it is handed."""

    def __init__(
        self, consumer: Consumer[Any], database: Database, deps: Any, tally: Tally | None = None
    ) -> None:
        """What becomes of messages is counted in the `tally`."""
        self._handlers = consumer.handlers
        self._shared = {h.line for h in self._handlers.values() if h.line != h.contract.name}
        self._database = database
        self._deps = deps
        self._tally = tally

    def handle(self, name: str | None, chunk: Sequence[Raw], budget: float = math.inf) -> Handled:
        """Settle the messages of a chunk, all of that name, or of that handler's line; `name` is None for
        what the worker found no handler for.

        After `budget` seconds it begins no other. Raises Unavailable: then nothing is lost, call again.
        """
        started = time.monotonic()
        known, failures = self._understood(name, chunk)
        left: Sequence[Delivery] = []
        if name and known:
            fell, left = self._handle(self._handlers[name], known, started + budget)
            failures += fell
        places = _places(chunk, left)
        seconds = (time.monotonic() - started) / (len(chunk) - len(places))
        self._count(name, chunk, seconds, failures, places)
        return Handled(seconds, failures, places)

    def _handle(self, handler: Handler, known: Sequence[Delivery], until: float) -> Outcome:
        if handler.inbox:
            with self._database.connection() as connection:
                together = Together(connection, handler, self._deps, until)
                together.settle(known)
                return together.failures, [d for d in known if d.id in together.left]
        fallen, left = bare.handle(handler, known, self._deps, until)
        if not fallen:
            return [], left
        with self._database.connection() as connection:
            return [failed(connection, handler, delivery, error) for delivery, error in fallen], left

    def answer(self, name: str, raw: Raw) -> Answer:
        """Settle one message whose sender wants to know what becomes of it.

        Asked again, it answers as it did: the inbox keeps replies. Raises Unavailable.
        """
        handler = self._handlers[name]
        if handler.inbox:
            self.handle(name, [raw])
        elif known := self._understood(name, [raw])[0]:
            return self._answered(handler, known[0])
        return self.known(raw)

    def known(self, raw: Raw) -> Answer:
        """What became of a message, which is not handled now. Raises Unavailable."""
        with self._database.connection() as connection:
            return look(connection, identity(raw))

    def _answered(self, handler: Handler, delivery: Delivery) -> Answer:
        started = time.monotonic()
        fell: list[Failed] = []
        try:
            reply = bare.one(handler, delivery, self._deps)
        except Exception as error:  # noqa: BLE001 whatever it is, it is this message's
            with self._database.connection() as connection:
                fell.append(failed(connection, handler, delivery, error))
                answer = look(connection, delivery.id)
        else:
            answer = Answer(handled=True, reply=reply and reply.model_dump(mode="json"))
        self._count(handler.contract.name, [delivery.raw], time.monotonic() - started, fell)
        return answer

    def _count(
        self,
        name: str | None,
        chunk: Sequence[Raw],
        seconds: float,
        failures: Sequence[Failed],
        left: Sequence[int] = (),
    ) -> None:
        if self._tally:
            fell = [((failure.queue, failure.name), failure.reason) for failure in failures]
            self._tally.count([(raw.queue, self._named(name, raw)) for raw in chunk], seconds, fell, left)

    def _understood(self, name: str | None, chunk: Sequence[Raw]) -> tuple[list[Delivery], list[Failed]]:
        """The messages of a chunk. What cannot be understood, or kills, becomes a dead letter instead."""
        known: list[Delivery] = []
        failures: list[Failed] = []
        for raw in chunk:
            try:
                delivery = opened(raw, self._named(name, raw), self._handlers)
            except NotUnderstood as error:
                buried = self._buried(raw, error.envelope, error.reason, str(error))
                failures.append(buried._replace(name=self._named(name, raw)))
                continue
            if raw.deaths < POISON:
                known.append(delivery)
            else:
                failures.append(self._poisonous(delivery))
        return known, failures

    def _named(self, line: str | None, raw: Raw) -> str | None:
        """What it must be: in a line may be messages of several names."""
        if line not in self._shared:
            return line
        told = raw.headers.get("task")
        handler = self._handlers.get(told) if isinstance(told, str) else None
        return handler.contract.name if handler and handler.line == line else line

    def _poisonous(self, delivery: Delivery) -> Failed:
        error = f"{delivery.raw.deaths} processes died handling it"
        with self._database.connection() as connection, transaction(connection):
            settled = bury(connection, delivery.raw, delivery.envelope, "poison", error)
            tell(connection, self._handlers[delivery.head.name], delivery, settled)
            return settled._replace(name=delivery.head.name)

    def _buried(self, raw: Raw, envelope: Envelope | None, reason: Reason, error: str) -> Failed:
        with self._database.connection() as connection:
            return bury(connection, raw, envelope, reason, error)


def _places(chunk: Sequence[Raw], left: Sequence[Delivery]) -> list[int]:
    """Where in the chunk they are."""
    these = {id(delivery.raw) for delivery in left}
    return [place for place, raw in enumerate(chunk) if id(raw) in these]
