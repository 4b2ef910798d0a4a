"""Remote control: Celery's own, which hears only what is a command.

Celery takes what it cannot decode there for a message of a queue, which cannot be acknowledged; what it
stumbles over later costs it its channel, and a clock near its end its voice for good: AMQP has no room for
the number after it. None of that is worth keeping, as nobody waits for it: it is told and dropped.
"""

from typing import Any

import structlog
from celery.worker import pidbox
from celery.worker.consumer import control
from celery.worker.control import Panel
from pydantic import BaseModel, Field

log = structlog.get_logger(__name__)

_NAME = Field(max_length=255, default=...)  # characters; AMQP's names have so many bytes
_LATEST = 2**62
"""A logical clock that no worker reaches: each adds one to the latest that it has heard of."""


class Answer(BaseModel, strict=True):
    """Where to answer."""

    exchange: str = _NAME
    routing_key: str = _NAME


class Command(BaseModel, strict=True):
    """What kombu's mailbox reads of a command. Celery knows which methods there are, and what they take."""

    method: str
    arguments: dict[str, Any] | None = None
    destination: list[str] | str | None = None
    pattern: str | None = None
    matcher: str | None = None
    reply_to: Answer | None = None
    ticket: str | None = None


class Clocked(BaseModel, strict=True):
    """Of the headers, the one that counts."""

    clock: int | None = Field(default=None, ge=0, lt=_LATEST)


class Mailbox(pidbox.Pidbox):
    """Where commands arrive."""

    def start(self, c: Any) -> None:
        super().start(c)
        self.consumer.on_decode_error = _dropped

    def on_message(self, body: Any, message: Any) -> None:
        try:
            command = Command.model_validate(body)
            Clocked.model_validate(message.headers)
            _convert(command)
        except (ValueError, TypeError) as error:
            _dropped(message, error)
        else:
            super().on_message(command.model_dump(), message)


class Control(control.Control):
    """In place of Celery's step in the worker's consumer."""

    def __init__(self, c: Any, **kwargs: Any) -> None:
        super().__init__(c, **kwargs)
        self.box = Mailbox(c)
        self.start, self.stop, self.shutdown = self.box.start, self.box.stop, self.box.shutdown


def _convert(command: Command) -> None:
    """Its arguments, as `celery control` does: half of a command may be done before Celery sees that one is
    of the wrong kind. Raises ValueError, TypeError."""
    told = command.arguments or {}
    known = Panel.meta.get(command.method)
    for name, kind in (known and known.args) or ():
        if told.get(name) is not None:
            told[name] = kind(told[name])


def _dropped(message: Any, error: Exception) -> None:
    log.warning("control.dropped", error=str(error)[:1000])
