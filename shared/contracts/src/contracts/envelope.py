"""The envelope: what every message carries around it, from outbox to dead letter.

One JSON document is message body, outbox row, dead letter and golden file.
"""

import os
import time
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from contracts.errors import ContractError, explain
from contracts.message import Message
from contracts.registry import contract_of, model_of, versions_of


def uuid7() -> UUID:
    """A new id that sorts by time (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Indexes of inboxes stay dense because of it. Python's own comes with 3.14.
    """
    random = int.from_bytes(os.urandom(10), "big")
    head = time.time_ns() // 1_000_000 << 16 | 0x7000 | random >> 68
    return UUID(int=head << 64 | 0b10 << 62 | random & (1 << 62) - 1)


class Producer(BaseModel):
    """Who sent a message: the service, and which build of it."""

    model_config = ConfigDict(frozen=True)

    service: str
    build: str

    def __str__(self) -> str:
        return f"{self.service}/{self.build}"


class Head(BaseModel):
    """What an envelope says of its message. `id` is unchanged over retries, replays and copies."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    version: int = Field(ge=1)
    sent_at: AwareDatetime
    producer: Producer
    correlation_id: UUID
    """The id of the first message of the story that this one belongs to."""
    causation_id: UUID | None = None
    """The id of the message whose handling sent this one."""
    traceparent: str | None = None


class Envelope(Head):
    """A message on its way."""

    data: dict[str, Any]

    @classmethod
    def around(
        cls,
        message: Message,
        producer: Producer,
        *,
        cause: Head | None = None,
        correlation_id: UUID | None = None,
        traceparent: str | None = None,
        id: UUID | None = None,
    ) -> Self:
        """`message` ready to send.

        `cause` is the head of the message whose handling sends it: their story goes on.
        """
        contract = contract_of(type(message))
        id = id or uuid7()
        return cls(
            id=id,
            name=contract.name,
            version=contract.version,
            sent_at=datetime.now(UTC),
            producer=producer,
            correlation_id=cause.correlation_id if cause else correlation_id or id,
            causation_id=cause.id if cause else None,
            traceparent=traceparent or (cause.traceparent if cause else None),
            data=message.model_dump(mode="json"),
        )

    @classmethod
    def read(cls, document: Any) -> Self:
        """The envelope in a decoded JSON document. Raises ContractError."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise ContractError(f"envelope: {explain(error)}") from None

    def open(self) -> Message:
        """The message inside, as the newest version that this build knows.

        Raises UnknownContract, UnknownVersion or ContractError.
        """
        message = model_of(self.name, self.version).read(self.data)
        for _ in range(self.version, max(versions_of(self.name))):
            message = message.upcast()
        return message
