"""Bytes to a message that was understood, in the newest version that this build knows."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from contracts import ContractError, Envelope, Head, Message, UnknownContract, UnknownVersion
from mesh import deadletters, wire
from mesh.deadletters import Reason
from mesh.handler import Handler
from mesh.wire import Raw

log = structlog.get_logger("mesh.delivery")


class Delivery(NamedTuple):
    """A message that was understood."""

    raw: Raw
    head: Head
    message: Message
    attempt: int
    """Counts from 1."""

    @property
    def id(self) -> UUID:
        return self.head.id

    @property
    def envelope(self) -> Envelope:
        """As it came, with what this build does not know: read anew, for what is sent on or kept.

        Raises ContractError for the few that are read together with their message and not alone.
        """
        return wire.envelope(self.raw)

    @property
    def document(self) -> str:
        """The same as JSON: as it came, where it came from an outbox."""
        return wire.document(self.raw) or self.envelope.model_dump_json()

    @property
    def log(self) -> Any:
        """A logger that says which message it is about."""
        return log.bind(
            message=self.head.name,
            message_id=str(self.id),
            correlation_id=str(self.head.correlation_id),
            attempt=self.attempt,
        )


class NotUnderstood(Exception):
    """Not by this build. `envelope` is None where not even that could be read."""

    def __init__(self, reason: Reason, envelope: Envelope | None, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.envelope = envelope


def opened(raw: Raw, name: str | None, known: Mapping[str, Handler]) -> Delivery:
    """The message in `raw`, which must be called `name` and be one of the `known`. Raises NotUnderstood."""
    expected = known.get(name or "")
    # What killed is read with care: what becomes of it needs the envelope as it came.
    if expected and not raw.deaths and (sealed := wire.sealed(raw, expected.contract.model)):
        return Delivery(raw, sealed, sealed.data, wire.retries(raw) + 1)
    return _opened(raw, name, known)


def _opened(raw: Raw, name: str | None, known: Mapping[str, Handler]) -> Delivery:
    """The same for whatever it may be."""
    envelope = None
    try:
        envelope = wire.envelope(raw)
        if envelope.name not in known:
            raise UnknownContract(f"this build has no handler for {envelope.name}")
        if envelope.name != name:
            said = raw.headers.get("task")
            raise ContractError(f"its envelope names {envelope.name}, its headers {said!r}")
        return Delivery(raw, envelope, envelope.open(), wire.retries(raw) + 1)
    except Exception as error:  # noqa: BLE001 also a fault in an upcast: it must not stop the messages around it
        raise NotUnderstood(_reason(error, envelope), envelope, str(error)) from None


def identity(raw: Raw) -> UUID:
    """The id by which inbox and dead letters know a message."""
    try:
        return wire.envelope(raw).id
    except ContractError:
        return deadletters.identity(raw.body, raw.headers)


def _reason(error: Exception, envelope: Envelope | None) -> Reason:
    if isinstance(error, (UnknownContract, UnknownVersion)):
        return "unknown"
    return "contract" if envelope else "malformed"
