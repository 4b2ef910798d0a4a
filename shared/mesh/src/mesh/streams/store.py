"""The commands: what is asked of the server, and the shape of what comes back. No kombu here."""

import os
import secrets
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ResponseError

GROUP = b"workers"
LEASE = 6.0
"""Seconds without renewal after which a consumer counts as dead."""
RENEW = 1.0
"""Seconds between two renewals, and between two looks for the dead."""

_ADD = """
-- KEYS: streams; ARGV: for each message the number of its stream, body, rest. All are appended at once.
for at = 1, #ARGV, 3 do
    redis.call('XADD', KEYS[tonumber(ARGV[at])], '*', 'body', ARGV[at + 1], 'rest', ARGV[at + 2])
end
"""

_CLAIM = """
-- KEYS[1] a stream; ARGV: group, the claiming consumer, how many at most, prefix of the leases.
-- Takes over what consumers without a lease hold. Returns {id, fields, deliveries so far} of each.
local taken, left = {}, tonumber(ARGV[3])
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local name, pending = info[2], info[4]
    if left > 0 and name ~= ARGV[2] and redis.call('EXISTS', ARGV[4] .. name) == 0 then
        local ids, deliveries = {}, {}
        for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', left, name)) do
            ids[#ids + 1], deliveries[p[1]] = p[1], p[4]
        end
        if #ids > 0 then
            local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(ids))
            for _, entry in ipairs(claimed) do
                if entry then taken[#taken + 1] = {entry[1], entry[2], deliveries[entry[1]]} end
            end
            left = left - #ids
        elseif pending == 0 then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
        end
    end
end
return taken
"""


_RESIGN = """
-- KEYS[1] a lease, then streams; ARGV: group, the consumer. A consumer takes what is pending with it into
-- its grave: one that holds something stays, without a lease, until another has claimed that.
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
    local pending = redis.pcall('XPENDING', KEYS[i], ARGV[1], '-', '+', 1, ARGV[2])
    if not pending.err and #pending == 0 then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[i], ARGV[1], ARGV[2])
    end
end
"""


class Entry(NamedTuple):
    """One message as it lies in a stream."""

    id: bytes
    fields: Mapping[bytes, bytes]
    deaths: int
    """How many consumers died holding it."""


def consumer_name() -> str:
    """A name nobody else has, from which an operator sees where the consumer runs."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def key(queue: str) -> str:
    """The stream of a queue."""
    return f"stream:{queue}"


def queue_of(stream: bytes) -> str:
    """The queue of a stream."""
    return stream.decode().removeprefix("stream:")


def ensure_group(client: Redis, queue: str) -> None:
    """Make the stream and its group, if they are not there. The group begins with the first message."""
    try:
        client.xgroup_create(key(queue), GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def read_command(consumer: str, queues: list[str], count: int, block: float) -> list[Any]:
    """XREADGROUP for new messages; `count` holds for each queue, `block` is in seconds."""
    head = ["XREADGROUP", "GROUP", GROUP, consumer, "COUNT", count, "BLOCK", int(block * 1000)]
    return [*head, "STREAMS", *map(key, queues), *[">"] * len(queues)]


def read_one(client: Redis, consumer: str, queue: str) -> Entry | None:
    """The next new message of one queue; None if there is none."""
    reply = cast("Any", client.xreadgroup(GROUP.decode(), consumer, {key(queue): ">"}, count=1))
    for _, found in reply or ():
        for id, fields in found:
            return Entry(id, fields, 0)
    return None


def entries(reply: Any) -> Iterable[tuple[str, Entry]]:
    """(queue, message) of a raw XREADGROUP reply (RESP2)."""
    for stream, found in reply or ():
        queue = queue_of(stream)
        for id, fields in found:
            yield queue, Entry(id, _mapping(fields), 0)


def add(pipe: Pipeline, queue: str, fields: dict[Any, Any]) -> None:
    """Append a message to a queue."""
    pipe.xadd(key(queue), fields)


def add_all(client: Redis, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Append messages, each with its queue, by one command: a command each takes twice the time here."""
    places = {queue: place for place, queue in enumerate(dict.fromkeys(queue for queue, _ in messages), 1)}
    keys = map(key, places)
    told = [told for queue, fields in messages for told in (places[queue], fields["body"], fields["rest"])]
    client.eval(_ADD, len(places), *keys, *told)


def ack(pipe: Pipeline, queue: str, ids: list[bytes]) -> None:
    """These messages are done: take them off the server."""
    pipe.xack(key(queue), GROUP, *ids)
    pipe.xdel(key(queue), *ids)


def renew(client: Redis, consumer: str) -> None:
    """This consumer lives."""
    client.set(f"lease:{consumer}", b"", px=int(LEASE * 1000))


def resign(client: Redis, consumer: str, queues: Iterable[str]) -> None:
    """This consumer goes. What it holds nevertheless (the answer to a read was cut off) is for others."""
    keys = [f"lease:{consumer}", *map(key, queues)]
    client.eval(_RESIGN, len(keys), *keys, GROUP, consumer)


def claim(client: Redis, consumer: str, queue: str, limit: int) -> list[Entry]:
    """Take over up to `limit` messages of consumers that died."""
    taken = client.eval(_CLAIM, 1, key(queue), GROUP, consumer, limit, "lease:")
    return [Entry(id, _mapping(fields), deliveries) for id, fields, deliveries in taken]


def _mapping(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
