"""Sending a canvas: through the outbox, so that it is sent if, and only if, what asks for it commits."""

from collections.abc import Awaitable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, overload
from uuid import UUID

from contracts import uuid7
from mesh import context, outbox, publisher
from mesh.canvas import fitting
from mesh.canvas.nodes import Canvas, Step, all_steps, first
from mesh.canvas.places import whole
from mesh.canvas.written import Sending, size
from mesh.database import AsyncTx, Tx
from mesh.errors import TooLarge
from mesh.outbox import LIMIT, Outgoing
from mesh.settings import Settings


@overload
def put(tx: Tx, canvas: Canvas | Step, *, id: UUID, expires: timedelta | None = ...) -> None: ...
@overload
def put(
    tx: AsyncTx, canvas: Canvas | Step, *, id: UUID, expires: timedelta | None = ...
) -> Awaitable[None]: ...
def put(tx: Tx | AsyncTx, canvas: Canvas | Step, *, id: UUID, expires: timedelta | None = None) -> Any:
    """Send a canvas if, and only if, the caller's transaction commits.

    `id` is the canvas's for ever: put again under it, it does what was not done, and ends. It has to be built
    of the same facts. `expires`: what is not begun so long after this is not begun any more.
    Raises DoesNotFit for one whose first steps lack fields, TooLarge with what to do, and Undeclared.
    """
    return outbox.put_sealed(tx, _messages(canvas, id, expires))


def send(settings: Settings, canvas: Canvas | Step, *, id: UUID, expires: timedelta | None = None) -> None:
    """The same at once, from where there is no database: a command line. Returns when the broker has it.

    Raises Unavailable, within seconds: then some of it may be sent, and it is to be sent again.
    """
    messages = _messages(canvas, id, expires)
    with closing(publisher.connect(settings.broker_url, settings.broker_persistence)) as to:
        to.publish(messages)


def _messages(canvas: Canvas | Step, id: UUID, expires: timedelta | None) -> list[Outgoing]:
    built = whole(canvas)
    for begun in first(built):
        fitting.refuse_misfit("nothing", None, begun)
    for kind in {found.contract.model for found in all_steps(built)}:
        context.refuse_undeclared(kind)
    found = list(_sending(id, expires).messages(built))
    for message in found:
        _refuse_large(message)
    return found


def _sending(id: UUID, expires: timedelta | None) -> Sending:
    cause, now = context.handling.get(), datetime.now(UTC)
    return Sending(
        canvas=id,
        id=uuid7(),
        producer=context.producer(),
        sent_at=now,
        expires=now + expires if expires is not None else None,
        traceparent=context.trace.get() or (cause.traceparent if cause else None),
        cause=cause.id if cause else None,
    )


def _refuse_large(message: Outgoing) -> None:
    if (bytes := size(message)) > LIMIT:
        raise TooLarge(
            f"{message.name} begins a canvas with {bytes} bytes, the limit is {LIMIT}: it carries all that "
            "follows it. Have each step do more, in fewer steps; spread them over more lanes, at_once=…; or "
            "begin with the group"
        )
