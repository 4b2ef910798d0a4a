"""Bytes to a message that was understood, in the newest version that this build knows."""

from collections.abc import Container
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from contracts import ContractError, Envelope, Message, UnknownContract, UnknownVersion
from mesh import deadletters, wire
from mesh.deadletters import Reason
from mesh.wire import Raw

log = structlog.get_logger("mesh.delivery")


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

    @property
    def log(self) -> Any:
        """A logger that says which message it is about."""
        return log.bind(
            message=self.envelope.name,
            message_id=str(self.id),
            correlation_id=str(self.envelope.correlation_id),
            attempt=self.attempt,
        )


class NotUnderstood(Exception):
    """Not by this build. `envelope` is None where not even that could be read."""

    def __init__(self, reason: Reason, envelope: Envelope | None, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.envelope = envelope


def opened(raw: Raw, known: Container[str]) -> Delivery:
    """The message in `raw`, which must be one of the `known` names. Raises NotUnderstood."""
    envelope = None
    try:
        envelope = wire.envelope(raw)
        if envelope.name not in known:
            raise UnknownContract(f"{envelope.name}: this build has no handler for it")
        return Delivery(raw, envelope, envelope.open(), wire.retries(raw) + 1)
    except Exception as error:  # noqa: BLE001 also a fault in an upcast: it must not stop the messages around it
        raise NotUnderstood(_reason(error, envelope), envelope, str(error)) from None


def identity(raw: Raw) -> UUID:
    """The id by which inbox and dead letters know a message."""
    try:
        return wire.envelope(raw).id
    except ContractError:
        return deadletters.identity(raw.body)


def _reason(error: Exception, envelope: Envelope | None) -> Reason:
    if isinstance(error, (UnknownContract, UnknownVersion)):
        return "unknown"
    return "contract" if envelope else "malformed"
