"""Headers and routing keys that RabbitMQ carries and py-amqp cannot read: the message arrives without them.

RabbitMQ takes tables 20,000 levels deep, times beyond any calendar and properties in any encoding. py-amqp's
error over them ends the worker, and after it each of the next ones that get the message, up to the queue's
delivery limit. Without its headers it says too little to be handled, and is kept as a dead letter.
"""

from typing import Any

import structlog
from amqp import spec
from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic

log = structlog.get_logger(__name__)

_TAG = 4  # bytes of a delivery's frame before its consumer tag
_NUMBERS = 9  # bytes of it behind that: the delivery tag, and whether it came before

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


def with_readable_key(delivery: bytes) -> bytes:
    """A delivery's arguments, the last of which is its routing key, as text. Those of RabbitMQ's delays may
    be anything: their bindings leave open what stands before our keys."""
    exchange = _TAG + 1 + delivery[_TAG] + _NUMBERS
    key_at = exchange + 1 + delivery[exchange] + 1
    key = delivery[key_at:]
    if key.isascii():
        return delivery
    return delivery[:key_at] + _readable(key)


def _readable(key: bytes) -> bytes:
    try:
        key.decode()
    except UnicodeDecodeError:
        log.warning("key.unreadable", key=repr(key))
        return bytes(byte if byte < 128 else ord("?") for byte in key)
    return key
