"""The channel: kombu's Redis channel with streams where it has lists.

Connections, event loop, fan-out and remote control are kombu's. Its BRPOP becomes XREADGROUP, its
visibility timeout a lease. Names that begin with `_brpop` are kombu's hooks and keep their names.
"""

from collections import defaultdict
from contextlib import suppress
from queue import Empty
from time import monotonic, time
from typing import Any

import structlog
from kombu.transport import virtual
from redis import Redis
from redis.exceptions import ResponseError

from mesh.rest import Rest
from mesh.streams import delayed, store
from mesh.streams.declared import Declared
from mesh.streams.message import fields, is_message, message, place, returned
from mesh.streams.qos import QoS

log = structlog.get_logger(__name__)

_BLOCK = 1.0
"""Seconds that a read waits on the server for a message; a new one ends the wait at once."""
_SILENCE = 0.005  # seconds; a read that took longer had to wait for its message
_UNLIMITED = 100  # messages read at once by a consumer that set no prefetch count


class Channel(Declared):
    """One consumer, with one lease; or a publisher."""

    QoS = QoS
    body_encoding = None  # bodies travel as they are, not as base64
    unacked_restore_interval = store.RENEW
    supports_batch_publish = False  # kombu's own batch knows lists only

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.consumer = store.consumer_name()
        self._acks: dict[str, list[bytes]] = defaultdict(list)
        self._unacked_queues: set[str] = set()  # consumed with no_ack
        self._leased = False
        self._rest = Rest()
        self._rests_until = 0.0
        super().__init__(*args, **kwargs)

    # publishing

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        later = delayed.delayed(message)
        if later and later.due > time():
            with self.conn_or_acquire() as client:
                delayed.put(client, queue, fields(later.message), later.due)
            return
        with self.conn_or_acquire() as client, client.pipeline(transaction=False) as pipe:
            store.add(pipe, queue, fields(message))
            if queue in self._expires:
                pipe.pexpire(store.key(queue), self._expires[queue])
            pipe.execute()

    # consuming

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        if no_ack:
            self._unacked_queues.add(queue)
        consuming = super().basic_consume(queue, no_ack, *args, **kwargs)
        if queue not in self.active_fanout_queues:
            self._begin(queue)
        return consuming

    def _begin(self, queue: str) -> None:
        with self.conn_or_acquire() as client:
            if not self._leased:
                store.renew(client, self.consumer)
                self._leased = True
            store.ensure_group(client, queue)

    def _brpop_start(self, timeout: float | None = None) -> None:
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues:
            return
        credit = self.qos.can_consume_max_estimate() or _UNLIMITED
        self._asked = max(1, credit // len(queues))
        self._in_poll = self.client.connection
        self._brpop_sent_at = monotonic()
        self._in_poll.send_command(*store.read_command(self.consumer, queues, self._asked, _BLOCK))

    def _brpop_read(self, **_: Any) -> bool:
        try:
            reply = self.client.connection.read_response()
        except self.connection_errors:
            self.client.connection.disconnect()
            raise
        except ResponseError as error:
            if not _gone(error):
                raise
            self._declare_again()
            raise Empty from error
        finally:
            self._in_poll = None
        if not reply:
            raise Empty
        if self.connection.cycle.loop and all(len(found) < self._asked for _, found in reply):
            self._begin_rest()
        for queue, entry in store.entries(reply):
            self._deliver(queue, entry)
            self._queue_cycle.rotate(queue)
        return True

    def _begin_rest(self) -> None:
        now = monotonic()
        if now - self._brpop_sent_at > _SILENCE:
            self._rest.over()
        seconds = self._rest.seconds()
        self._rests_until = now + seconds
        self.connection.cycle.loop.call_later(seconds, _wake)

    def rests(self) -> bool:
        """Whether the next read is not due yet."""
        return monotonic() < self._rests_until

    def _deliver(self, queue: str, entry: store.Entry) -> None:
        if queue in self._unacked_queues:
            self._acks[queue].append(entry.id)
        self.connection._deliver(message(queue, entry), queue)

    def _receive_one(self, c: Any) -> Any:
        try:
            return super()._receive_one(c)
        except RecursionError as error:  # of JSON that has too many levels; kombu foresaw what is no JSON
            log.warning("fanout.dropped", error=str(error))
            raise Empty from error

    def _deliver_fanout_message(self, message: Any, exchange: str) -> bool:
        """What somebody published: nobody can keep it, so what is no message is dropped."""
        if not is_message(message):
            log.warning("fanout.dropped", exchange=exchange, message=repr(message)[:1000])
            return True
        return bool(super()._deliver_fanout_message(message, exchange))

    def _get(self, queue: str) -> dict[str, Any]:
        """One message, for a caller without event loop: what that does by timers is done here."""
        self.flush_acks()
        with self.conn_or_acquire() as client:
            store.renew(client, self.consumer)
            self._leased = True
            store.ensure_group(client, queue)
            entry = store.read_one(client, self.consumer, queue)
        if entry is None:
            raise Empty
        return message(queue, entry)

    def _declare_again(self) -> None:
        """The server has lost its data: all is made again, and reading goes on."""
        for queue in self.active_queues:
            self._begin(queue)
        self.declare_again(self.active_queues)

    # what becomes of a delivery

    def note_ack(self, delivery_tag: str) -> None:
        """Acknowledge with the next batch, at the next turn of the event loop."""
        queue, id = place(delivery_tag)
        self._acks[queue].append(id)

    def flush_acks(self) -> None:
        """Send the batch. What is lost with a connection is delivered again and ends at an inbox."""
        if not self._acks:
            return
        acks, self._acks = self._acks, defaultdict(list)
        with self.conn_or_acquire() as client, client.pipeline(transaction=False) as pipe:
            for queue, ids in acks.items():
                store.ack(pipe, queue, ids)
            pipe.execute()

    def give_back(self, messages: list[virtual.Message], returns: int = 0) -> None:
        """Put messages back into their queues, for anyone, with the deaths they had, and so many more."""
        if not messages:
            return
        with self.conn_or_acquire() as client, client.pipeline(transaction=True) as pipe:
            for delivered in messages:
                queue, id = place(delivered.delivery_tag)
                store.add(pipe, queue, fields(returned(delivered._raw, returns)))
                store.ack(pipe, queue, [id])
            pipe.execute()

    def renew_and_claim(self) -> None:
        """Say that this consumer lives, move what is due, and take over from those that do not live,
        within the credit."""
        if not self._leased or self._closing:
            return
        with self.conn_or_acquire() as client:
            store.renew(client, self.consumer)
            delayed.move(client)
            for queue in self.active_queues:
                self._claim(client, queue)

    def _claim(self, client: Redis, queue: str) -> None:
        credit = self.qos.can_consume_max_estimate()
        if credit == 0:
            return
        try:
            taken = store.claim(client, self.consumer, queue, credit or _UNLIMITED)
        except ResponseError as error:
            if not _gone(error):
                raise
            self._declare_again()
        else:
            for entry in taken:
                self._deliver(queue, entry)

    def close(self) -> None:
        """Give back what is not acknowledged, send the last acknowledgements, and resign."""
        if not self.closed and self._leased:
            queues = self.active_queues
            self._give_up_reading()
            if self._qos:
                self._qos.restore_unacked_once()
            self.flush_acks()
            with self.conn_or_acquire() as client:
                store.resign(client, self.consumer, queues)
            self._leased = False
        super().close()

    def _give_up_reading(self) -> None:
        """End a read that is under way; what it still brings is delivered and given back."""
        if self._in_poll:
            with suppress(Empty):
                self._brpop_read()


def _gone(error: ResponseError) -> bool:
    """Whether a stream or its group is no longer there. UNBLOCKED: Redis 7.0 to a reader that waits."""
    return any(word in str(error) for word in ("NOGROUP", "UNBLOCKED", "no such key"))


def _wake() -> None:
    """Nothing to do: the turn of the loop that follows does it."""
