"""What is true while one message, or one request, is being worked on."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from contracts import Head, Message, Producer, contract_of
from mesh.errors import Undeclared

_producer: Producer | None = None
_sends: frozenset[type[Message]] | None = None

handling: ContextVar[Head | None] = ContextVar("handling", default=None)
"""The head of the message being handled: the cause of whatever is sent meanwhile."""

correlation: ContextVar[UUID | None] = ContextVar("correlation", default=None)
"""The story that a request begins."""


class Arrived(Protocol):
    """A message of the batch that is being handled."""

    @property
    def head(self) -> Head: ...
    @property
    def document(self) -> str:
        """Its envelope as it came: JSON, also what this build does not know of it."""


_arrived: ContextVar[Sequence[Arrived]] = ContextVar("arrived", default=())

_doubtful: ContextVar[bool] = ContextVar("doubtful", default=False)

trace: ContextVar[str | None] = ContextVar("trace", default=None)
"""Where in a trace its messages belong, as W3C's `traceparent`."""


def identify(who: Producer, sends: Collection[type[Message]] | None = None) -> None:
    """Say who this process is, once, when it starts: whatever it sends carries that.

    `sends`: what that may be; None: whatever it is.
    """
    global _producer, _sends
    _producer, _sends = who, None if sends is None else frozenset(sends)


def producer() -> Producer:
    """Who this process is."""
    if _producer is None:
        raise RuntimeError("mesh.context.identify comes first")
    return _producer


def refuse_undeclared(kind: type[Message]) -> None:
    """Raises Undeclared for what this process did not say that it sends."""
    if _sends is not None and kind not in _sends:
        service = producer().service
        raise Undeclared(f"{service} does not say that it sends {contract_of(kind)}: add it to its sends=")


def message_id() -> UUID:
    """The id of the message being handled: the idempotency key of whatever it causes outside."""
    return _head().id


def sent_at() -> datetime:
    """When the message being handled was sent, however often it was tried since: what it says may be old."""
    return _head().sent_at


def doubtful() -> bool:
    """Whether an earlier try may have performed the effect of the message being handled."""
    return _doubtful.get()


def arrived() -> Sequence[Arrived]:
    """What the messages of the batch being handled came in, in their order; empty where there is no batch."""
    return _arrived.get()


def _head() -> Head:
    head = handling.get()
    if head is None:
        raise RuntimeError("no single message is being handled")
    return head


@contextmanager
def delivery(head: Head, attempt: int, in_doubt: bool = False) -> Iterator[None]:
    """Bind one delivery to logs and to the messages sent by it."""
    token, doubt = handling.set(head), _doubtful.set(in_doubt)
    with structlog.contextvars.bound_contextvars(
        message=head.name,
        message_id=str(head.id),
        correlation_id=str(head.correlation_id),
        attempt=attempt,
    ):
        try:
            yield
        finally:
            handling.reset(token)
            _doubtful.reset(doubt)


@contextmanager
def batch(messages: Sequence[Arrived]) -> Iterator[None]:
    """Bind the logs of a batch, whose messages are handled as one."""
    token = _arrived.set(messages)
    names = ", ".join(sorted({each.head.name for each in messages}))
    with structlog.contextvars.bound_contextvars(message=names, batch=len(messages)):
        try:
            yield
        finally:
            _arrived.reset(token)


@contextmanager
def request(correlation_id: UUID, traceparent: str | None = None) -> Iterator[None]:
    """One request of a client: what it sends and logs belongs to one story, and to the client's trace."""
    tokens = correlation.set(correlation_id), trace.set(traceparent)
    try:
        yield
    finally:
        correlation.reset(tokens[0])
        trace.reset(tokens[1])
