"""Leases on Redis and Valkey: a key for each process, which the server forgets by itself."""

from typing import Any, cast

from kombu import Connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from mesh.broker import TIMEOUT
from mesh.errors import Unavailable
from mesh.topology import LEASE

KEY = "live"

_ALL = """
-- KEYS[1] the set of those that were heard of; ARGV: prefix of their leases. Forgets those without one.
local found = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local said = redis.call('GET', ARGV[1] .. name)
    if said then found[#found + 1] = said else redis.call('SREM', KEYS[1], name) end
end
return found
"""


class StreamsLeases:
    """All leases, and one connection to them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def renew(self, instance: str, document: bytes) -> None:
        def told(client: Redis) -> None:
            with client.pipeline(transaction=True) as pipe:
                pipe.set(f"{KEY}:{instance}", document, px=int(LEASE * 1000))
                pipe.sadd(KEY, instance)
                _, new = pipe.execute()
            if new:  # those who died are forgotten also where nobody ever looks
                client.eval(_ALL, 1, KEY, f"{KEY}:")

        self._ask(told)

    def end(self, instance: str) -> None:
        def told(client: Redis) -> None:
            with client.pipeline(transaction=True) as pipe:
                pipe.delete(f"{KEY}:{instance}")
                pipe.srem(KEY, instance)
                pipe.execute()

        self._ask(told)

    def all(self) -> list[bytes]:
        return cast("list[bytes]", self._ask(lambda client: client.eval(_ALL, 1, KEY, f"{KEY}:")))

    def close(self) -> None:
        self._connection.close()

    def _ask(self, question: Any) -> Any:
        try:
            # Once: who asks comes again by itself, and does nothing else meanwhile.
            self._connection.ensure_connection(max_retries=1, interval_start=0, timeout=TIMEOUT)
            with self._connection.default_channel.conn_or_acquire() as client:
                return question(client)
        except (RedisError, OperationalError, OSError) as error:
            self.close()
            raise Unavailable(f"broker: {error}") from error
