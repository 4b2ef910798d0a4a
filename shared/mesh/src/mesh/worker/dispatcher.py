"""The dispatcher: what the broker delivered waits here until the pool is free.

Batches form by themselves: while the pool works, messages arrive, and all that came goes over in
one chunk. No timer: a message that arrives at an idle worker is handed over at once. How large a
chunk may be follows from what the handler's messages have cost: about `CHUNK` seconds of work, so
that fast ones travel by the hundred and slow ones alone, and nobody waits long behind a neighbour. A
chunk that takes longer than was thought ends early, and what is left of it comes back.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from mesh import timelimit
from mesh.delivery import Handled
from mesh.handler import Handler
from mesh.wire import Raw, names
from mesh.worker import child
from mesh.worker.child import Away, Fault
from mesh.worker.monitor import Monitor

log = structlog.get_logger(__name__)

CHUNK = 0.010
"""Seconds of work in one chunk, when messages of another handler wait for their turn."""
ALONE = 0.050
"""The same when nobody else waits: what arrives meanwhile waits that long at the most."""
MOST = 500
"""Messages in one chunk, however cheap they are."""

BATCHES = 2
"""So many a worker may hold for each child: one that is handled, and one that is complete when it is."""

_PATIENCE = 2
"""How many times its budget a chunk may take, before it ends early: estimates are no more than that."""
_UNKNOWN = ALONE  # a handler that has never run is taken for slow: its first message goes alone
_WAIT = 1.0  # seconds between two tries while the database is away
_WEIGHT = 0.2  # of the newest measurement in the running estimate


@dataclass(slots=True)
class Waiting:
    """A message, as it goes to a child and as the broker knows it."""

    raw: Raw
    message: Any


@dataclass(slots=True)
class Line:
    """The messages that wait for one handler, or for those that share batches, and what they have cost."""

    name: str | None
    handler: Handler | None
    """One of these; None: there is none for what waits here."""
    waiting: deque[Waiting] = field(default_factory=deque)
    cost: float = _UNKNOWN
    """Seconds for one message, a running estimate."""
    away: str = ""
    """What its handler needed at its last chunk, and was not there."""

    def size(self, budget: float) -> int:
        """How many may go over at once, for so many seconds of work."""
        if self.handler and self.handler.batch:
            return self.handler.batch
        return max(1, min(MOST, int(budget / max(self.cost, 1e-6))))

    def learn(self, seconds: float) -> None:
        self.cost += _WEIGHT * (seconds - self.cost)

    def take(self, budget: float) -> list[Waiting]:
        """The next chunk. Whoever killed a child is tried alone."""
        chunk = [self.waiting.popleft()]
        size = self.size(budget)
        while self.waiting and len(chunk) < size and not chunk[-1].raw.deaths:
            if self.waiting[0].raw.deaths:
                break
            chunk.append(self.waiting.popleft())
        return chunk


@dataclass(slots=True, eq=False)
class Chunk:
    """What is being handled together."""

    line: Line
    messages: list[Waiting]
    budget: float
    """Seconds of work that were thought to be in it."""
    since: float = field(default_factory=time.time)
    pid: int | None = None
    """Of the process that handles it, as soon as that has begun."""

    def accepted(self, pid: int, *_: Any) -> None:
        self.pid = pid


class Dispatcher:
    """Lives in the worker's main process; everything here runs in its event loop."""

    def __init__(
        self,
        pool: Any,
        handlers: dict[str, Handler],
        settle: Callable[[list[Any]], None],
        monitor: Monitor,
        hub: Any,
    ) -> None:
        self._pool = pool
        self._handlers = handlers
        self._settle = settle
        self._monitor = monitor
        self._call_soon = hub.call_soon
        self._call_later = hub.call_later
        self._lines: dict[str | None, Line] = {}
        self._turn: deque[Line] = deque()  # lines with something waiting, the longest waiting first
        self.running: set[Chunk] = set()
        self._pace = 3 * ALONE / 64  # seconds for a message, of late; begins with a credit of 64 for a child
        self._planned = False
        self._paused = False
        self._stopped = False

    def offer(self, name: str | None, waiting: Waiting) -> None:
        """A message arrived. It is handed over when this turn of the loop has brought all it has."""
        handler = self._handlers.get(name or "")
        own = handler.line if handler else None
        line = self._lines.get(own)
        if line is None:
            line = self._lines[own] = Line(own, handler)
        if not line.waiting:
            self._turn.append(line)
        line.waiting.append(waiting)
        self._monitor.received(waiting.raw)
        if not self._planned:
            self._planned = True
            self._call_soon(self._dispatch)

    def waiting(self) -> Iterator[Waiting]:
        """What is here and not handed over yet."""
        for line in self._turn:
            yield from line.waiting

    def away(self) -> str:
        """What messages wait for here that their handlers need; empty: nothing."""
        return next((line.away for line in self._lines.values() if line.away), "")

    def credit(self) -> int:
        """How many messages the worker can make use of: for each child one chunk that it handles, one that
        waits, and one that is on its way, of the size that what came lately would have; and whole batches,
        where messages come that are handled in such."""
        size = max(1, min(MOST, int(ALONE / max(self._pace, 1e-6))))
        batch = max((line.handler.batch for line in self._lines.values() if line.handler), default=0)
        return max(3 * size, BATCHES * batch) * int(self._pool.num_processes)

    def stop(self) -> None:
        """Hand over nothing more: what waits is given back with the channel."""
        self._stopped = True

    def _dispatch(self) -> None:
        self._planned = False
        while self._turn and self._may_hand_over():
            line = self._turn.popleft()
            budget = CHUNK if self._turn else ALONE
            chunk = Chunk(line, line.take(budget), budget)
            if line.waiting:
                self._turn.append(line)
            self._hand_over(chunk)

    def _may_hand_over(self) -> bool:
        return not (self._paused or self._stopped) and len(self.running) < self._pool.num_processes

    def _hand_over(self, chunk: Chunk) -> None:
        line = chunk.line
        raws = [waiting.raw for waiting in chunk.messages]

        def done(handled: Handled | Fault | Away) -> None:
            if isinstance(handled, Fault):
                died(handled.error)
            else:
                self._call_soon(self._done, chunk, handled)

        def died(error: Any) -> None:
            self._call_soon(self._died, chunk, error)

        self.running.add(chunk)
        self._monitor.started(raws)
        self._pool.apply_async(
            child.run,
            (line.name, raws, _PATIENCE * chunk.budget),
            callback=done,
            error_callback=died,
            accept_callback=chunk.accepted,
            timeout=_hard_limit(chunk),
        )

    def _done(self, chunk: Chunk, handled: Handled | Away) -> None:
        self.running.discard(chunk)
        chunk.line.away = handled.error if isinstance(handled, Away) else ""
        if isinstance(handled, Away):
            self._put_back(chunk.line, chunk.messages)
            self._pause()
        else:
            chunk.line.learn(handled.seconds)
            self._pace += _WEIGHT * (handled.seconds - self._pace)
            self._put_back(chunk.line, [chunk.messages[place] for place in handled.left])
            begun = _begun(chunk, handled)
            self._settle([waiting.message for waiting in begun])
            self._monitor.done([waiting.raw for waiting in begun], handled, known=chunk.line.name is not None)
        self._dispatch()

    def _died(self, chunk: Chunk, error: Any) -> None:
        """The child that had the chunk is gone: each message is tried again, alone, a few times."""
        self.running.discard(chunk)
        raws = [waiting.raw for waiting in chunk.messages]
        named = names(raws) if chunk.line.name else None
        log.error("child.died", message=named, messages=len(raws), error=str(error))
        self._put_back(chunk.line, [_after_death(w) for w in chunk.messages])
        self._dispatch()

    def _put_back(self, line: Line, chunk: list[Waiting]) -> None:
        if chunk and not line.waiting:
            self._turn.append(line)  # it had its turn
        line.waiting.extendleft(reversed(chunk))

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._call_later(_WAIT, self._resume)

    def _resume(self) -> None:
        self._paused = False
        self._dispatch()


def _begun(chunk: Chunk, handled: Handled) -> list[Waiting]:
    left = set(handled.left)
    return [waiting for place, waiting in enumerate(chunk.messages) if place not in left]


def _hard_limit(chunk: Chunk) -> float | None:
    """Seconds after which a child is ended from outside. It watches each message's limits by itself, as long
    as its interpreter runs at all; a chunk that fails is handled by halves, each of which begins one or more.
    """
    handler = chunk.line.handler
    if handler is None:
        return None
    return 2 * timelimit.hard(handler.time_limit) * (1 + len(chunk.messages).bit_length())


def _after_death(waiting: Waiting) -> Waiting:
    return replace(waiting, raw=waiting.raw._replace(deaths=waiting.raw.deaths + 1))
