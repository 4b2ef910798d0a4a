"""What the intake asks of a message before anybody else looks at it. Whatever is in there, nothing raises.

Celery's own code stops the worker for headers it did not expect, and drops what its child cannot unpack:
it sees only messages that are in order.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from mesh import wire

_HEADERS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "retries": (int,),
    "eta": (str,),
    "expires": (str,),
    "timelimit": (list, tuple),
    "group": (str,),
    "group_index": (int,),
    "root_id": (str,),
    "parent_id": (str,),
    "ignore_result": (bool,),
    "origin": (str,),
    "shadow": (str,),
    "argsrepr": (str,),
    "kwargsrepr": (str,),
    "replaced_task_nesting": (int,),
    "stamped_headers": (list,),
    "stamps": (dict,),
    wire.CANVAS: (str,),
    wire.SENDING: (str,),
    wire.PARTS: (int,),
    wire.APART: (bool,),
    wire.BROKEN: (str,),
}
"""Those that Celery's worker reads, and what they have to be where they are not null."""

_DEEPEST = 50
"""Levels of headers that are kept: AMQP's tables may have more than pickle, which hands them to a child."""

_RETURNS = 6
"""A broker counts every return, also of messages that merely waited in a worker when it stopped or
died, or were on their way to one that changed how many it holds. So many are taken for one death: a
database that is away during a few deployments poisons nothing, and the third death still comes before
the broker's own limit (`topology`).
Which message a child died of, the dispatcher knows better: it counts that itself, one by one."""

_EMBEDDED: dict[str, type] = {"callbacks": list, "errbacks": list, "chain": list, "chord": dict}


def name(message: Any) -> str | None:
    """The message's name, whatever its headers look like."""
    found = headers(message).get("task")
    return found if isinstance(found, str) else None


def raw(message: Any, queue: str) -> wire.Raw:
    """What a child gets of a message that came from this queue."""
    return wire.Raw(body(message), shallow(headers(message)), queue, deaths(message))


def headers(message: Any) -> dict[str, Any]:
    return message.headers if isinstance(message.headers, dict) else {}


_NESTED = {dict, list}
_TEXT = {str}


def shallow(value: Any, levels: int = _DEEPEST) -> Any:
    """Without what is nested too deeply, and with names that are text: AMQP's may be any bytes."""
    if not isinstance(value, (dict, list)):
        return value
    if isinstance(value, dict) and _NESTED.isdisjoint(map(type, value.values())) and _are_text(value):
        return value  # nearly all headers are
    if not levels:
        return "nested too deeply"
    if isinstance(value, list):
        return [shallow(inner, levels - 1) for inner in value]
    return {_text(name): shallow(inner, levels - 1) for name, inner in value.items()}


def _are_text(names: Iterable[Any]) -> bool:
    return _TEXT.issuperset(map(type, names))


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode(errors="backslashreplace")


def body(message: Any) -> bytes:
    found = message.body
    return found if isinstance(found, bytes) else str(found).encode("utf-8", "surrogatepass")


def deaths(message: Any) -> int:
    """How many workers it may have ended; a sender may have written anything."""
    info = message.delivery_info if isinstance(message.delivery_info, dict) else {}
    count = info.get("deaths") or headers(message).get("x-delivery-count")
    return count // _RETURNS if isinstance(count, int) and count > 0 else 0


def is_plain(message: Any) -> bool:
    """Whether it asks for nothing of Celery's: it travels in chunks."""
    return wire.is_plain(body(message)) and not headers(message).get("eta")


def suits_celery(message: Any) -> bool:
    """Whether Celery's own code can take it, in the worker and in a child."""
    told = headers(message)
    return (
        message.content_type == wire.CONTENT_TYPE
        and str(message.content_encoding).lower() == wire.ENCODING
        and _are_text(told)
        and all(told.get(name) is None or isinstance(told[name], types) for name, types in _HEADERS.items())
        and _is_uuid(told.get("id"))
        and all(told.get(name) is None or _is_time(told[name]) for name in ("eta", "expires"))
        and _are_limits(told.get("timelimit") or (None, None))
        and not told.get("compression")
        and _is_task(body(message))
    )


def _is_task(body: bytes) -> bool:
    try:
        args, kwargs, embed = content = from_json(body)
        json.dumps(content, allow_nan=False)  # Celery's JSON writes 1e999 as what no JSON can read
    except (ValueError, TypeError):
        return False
    return (
        isinstance(args, list)
        and isinstance(kwargs, dict)
        and isinstance(embed, dict)
        and all(embed.get(name) is None or isinstance(embed[name], type) for name, type in _EMBEDDED.items())
    )


def _are_limits(limits: Any) -> bool:
    return len(limits) == 2 and all(isinstance(x, (int, float, type(None))) for x in limits)


def _is_uuid(value: Any) -> bool:
    try:
        UUID(value)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _is_time(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return False
    return True
