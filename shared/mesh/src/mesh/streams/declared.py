"""What is declared: exchanges and bindings lie on the server, where every process finds them.

kombu keeps an exchange's type in the memory of who declared it: a sender that did not would take a topic
exchange for a direct one and lose its messages in silence. Here the type, and the alternate exchange,
are looked up. A message that no queue is bound for goes to its exchange's alternate; with none it is
dropped, as AMQP has it.
"""

import json
from typing import Any

from mesh import topology
from mesh.streams import store
from mesh.streams.connected import Connected

KEY = "exchanges"


class Declared(Connected):
    """Declares, and forgets nothing of it."""

    def exchange_declare(
        self, exchange: str | None = None, type: str | None = "direct", *args: Any, **kwargs: Any
    ) -> None:
        super().exchange_declare(exchange, type, *args, **kwargs)
        if exchange and not kwargs.get("passive"):
            self._tell(exchange)

    def queue_bind(self, queue: str, exchange: str | None = None, *args: Any, **kwargs: Any) -> None:
        if exchange:
            self.typeof(exchange)  # whoever binds need not have declared it
        super().queue_bind(queue, exchange, *args, **kwargs)

    def typeof(self, exchange: str, default: str = "direct") -> Any:
        if exchange and exchange not in self.state.exchanges:
            self._ask(exchange)
        return super().typeof(exchange, default)

    def _tell(self, exchange: str) -> None:
        known = self.state.exchanges[exchange]
        told = json.dumps({name: known[name] for name in ("type", "durable", "auto_delete", "arguments")})
        with self.conn_or_acquire() as client:
            client.hset(KEY, exchange, told)

    def _ask(self, exchange: str) -> None:
        with self.conn_or_acquire() as client:
            told = client.hget(KEY, exchange)
        if isinstance(told, bytes):
            self.state.exchanges[exchange] = {**json.loads(told), "table": []}
        elif exchange == topology.EXCHANGE.name:  # a sender may be the first that ever connects
            for part in topology.shared():
                part(self).declare()

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        found = list(super()._lookup(exchange, routing_key, default))
        if found or not exchange:
            return found
        arguments = self.state.exchanges.get(exchange, {}).get("arguments") or {}
        alternate = arguments.get("alternate-exchange")
        return self._lookup(alternate, routing_key) if alternate else []

    def declare_again(self, queues: list[str]) -> None:
        """The server has lost its data: exchanges and bindings are made again."""
        for exchange in self.state.exchanges:
            self._tell(exchange)
        for queue in queues:
            for bound in self.state.queue_bindings(queue):
                meta = self.typeof(bound.exchange).prepare_bind(
                    queue, bound.exchange, bound.routing_key, bound.arguments
                )
                self._queue_bind(bound.exchange, *meta)

    def _size(self, queue: str) -> int:
        with self.conn_or_acquire() as client:
            return int(client.xlen(store.key(queue)))

    def _purge(self, queue: str) -> int:
        size = self._size(queue)
        with self.conn_or_acquire() as client:
            client.xtrim(store.key(queue), maxlen=0, approximate=False)
        return size

    def _has_queue(self, queue: str, **_: Any) -> bool:
        with self.conn_or_acquire() as client:
            return bool(client.exists(store.key(queue)))

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        super()._delete(queue, *args, **kwargs)
        with self.conn_or_acquire(client=kwargs.get("client")) as client:
            client.delete(store.key(queue))
