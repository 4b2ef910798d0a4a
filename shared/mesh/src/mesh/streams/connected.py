"""The channel's connections: where the server is, and one client for all commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis as kombu_redis
from redis import ConnectionPool, Redis
from redis.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

from mesh.streams import safety
from mesh.streams.address import Address
from mesh.streams.safety import Persistence


class Connected(kombu_redis.Channel):
    """Reads the URL that kombu leaves whole behind `streams+`."""

    keyprefix_fanout: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._commands: Redis | None = None
        super().__init__(*args, **kwargs)

    @contextmanager
    def conn_or_acquire(self, client: Redis | None = None) -> Iterator[Redis]:
        """kombu makes a client for each command, which costs more than the command."""
        if self._commands is None:
            self._commands = self._create_client()
        yield client or self._commands

    def refuse_unsafe(self, persistence: Persistence) -> None:
        """Raise RefusedAtStart for a server that would lose messages as it is set up."""
        with self.conn_or_acquire() as client:
            safety.refuse_unsafe(client, persistence)

    def close(self) -> None:
        super().close()
        self._commands = None

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        address = Address.parse(self.connection.client.hostname)
        self.connection.client.ssl = address.tls
        if address.master:
            self.connection_class = SentinelManagedConnection
            self.connection_class_ssl = SentinelManagedSSLConnection
        params: dict[str, Any] = super()._connparams(asynchronous)
        params.update(
            host=address.hosts[0][0],
            port=address.hosts[0][1],
            username=address.username,
            password=address.password,
            db=address.database,
            protocol=2,  # one shape of replies, whatever redis-py's default becomes
        )
        return params

    def _get_pool(self, asynchronous: bool = False) -> ConnectionPool:
        address = Address.parse(self.connection.client.hostname)
        params = self._connparams(asynchronous)
        self.keyprefix_fanout = self.keyprefix_fanout.format(db=params["db"])
        if not address.master:
            return ConnectionPool(**params)
        asked = {name: params[name] for name in ("socket_timeout", "socket_connect_timeout")}
        sentinel = Sentinel(list(address.hosts), sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
        del params["host"], params["port"]
        return SentinelConnectionPool(address.master, sentinel, **params)  # type: ignore[no-untyped-call]
