"""Headers that RabbitMQ carries and py-amqp cannot read: the message arrives without them.

RabbitMQ takes tables 20,000 levels deep, times beyond any calendar and properties in any encoding. py-amqp's
error over them ends the worker, and after it each of the next ones that get the message, up to the queue's
delivery limit. Without its headers it says too little to be handled, and is kept as a dead letter.
"""

from typing import Any

import structlog
from amqp import spec
from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic

log = structlog.get_logger(__name__)

UNREADABLE = "unreadable"
"""The header that stands for all the others, and tells the kind of fault alone: each copy of a message says
the same, and is seen to be one."""


def register() -> None:
    """Have py-amqp read them so, in all of this process."""
    PROPERTY_CLASSES[spec.Basic.CLASS_ID] = read


def read(frame: bytes, offset: int) -> tuple[dict[str, Any], int]:
    """A message's properties, and where they end."""
    try:
        properties, end = decode_properties_basic(frame, offset)
    except Exception as error:  # noqa: BLE001 a sender may write any bytes there
        fault = type(error).__name__
        log.warning("headers.unreadable", error=f"{fault}: {error}", bytes=len(frame) - offset)
        return {"application_headers": {UNREADABLE: fault}}, len(frame)
    return properties, end
