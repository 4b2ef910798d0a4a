"""Delayed messages: on the server until they are due, in no worker's memory.

A sorted set has their ids by the microsecond they are due, a hash for each holds the message. Any worker
moves what is due to its queue, whoever's it is, in one atomic script, once every `RENEW` seconds: that
is how late a message may be. A million that are not due cost that script nothing.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import uuid4

from redis import Redis

KEY = "delayed"
AT_ONCE = 500
"""Messages that one script moves: the server does nothing else meanwhile."""

_MOVE = """
-- KEYS[1] the sorted set; ARGV: how many at most, prefixes of the messages and of the streams.
-- Returns how many were moved.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(due) do
    local message = redis.call('HMGET', ARGV[2] .. id, 'queue', 'body', 'rest')
    if message[1] then
        redis.call('XADD', ARGV[3] .. message[1], '*', 'body', message[2], 'rest', message[3])
    end
    redis.call('DEL', ARGV[2] .. id)
    redis.call('ZREM', KEYS[1], id)
end
return #due
"""


class Delayed(NamedTuple):
    """A message that is not for now."""

    due: float
    """Seconds since 1970."""
    message: dict[str, Any]
    """As it is to be delivered then: nothing in it says wait."""


def delayed(message: dict[str, Any]) -> Delayed | None:
    """What Celery's `eta` header asks for; None: the message is for now."""
    headers = message.get("headers")
    eta = headers.get("eta") if isinstance(headers, dict) else None
    if not isinstance(eta, str):
        return None
    try:
        due = datetime.fromisoformat(eta)
    except ValueError:
        return None  # whoever takes the message has to say what is wrong with it
    at = (due if due.tzinfo else due.replace(tzinfo=UTC)).timestamp()
    return Delayed(at, {**message, "headers": {**cast("dict[str, Any]", headers), "eta": None}})


def put(client: Redis, queue: str, fields: dict[str, Any], due: float) -> None:
    """Keep a message until it is due."""
    id = str(uuid4())
    with client.pipeline(transaction=True) as pipe:
        pipe.hset(f"{KEY}:{id}", mapping=cast("Any", {"queue": queue, **fields}))
        pipe.zadd(KEY, {id: int(due * 1_000_000)})
        pipe.execute()


def counted(client: Redis) -> Counter[str]:
    """How many wait for each queue."""
    found: Counter[str] = Counter()
    ids = cast("list[bytes]", client.zrange(KEY, 0, -1))
    for begin in range(0, len(ids), AT_ONCE):
        with client.pipeline(transaction=False) as pipe:
            for id in ids[begin : begin + AT_ONCE]:
                pipe.hget(f"{KEY}:{id.decode()}", "queue")
            found.update(queue.decode() for queue in pipe.execute() if queue)
    return found


def move(client: Redis) -> None:
    """Move all that is due to its queues."""
    while int(cast("int", client.eval(_MOVE, 1, KEY, AT_ONCE, f"{KEY}:", "stream:"))) == AT_ONCE:
        pass
