"""kombu's transport for RabbitMQ, which reads what has arrived at once.

py-amqp asks the kernel for each part of each frame, nine times for a message, and changes the socket's
timeout around each frame; kombu turns its event loop once for each message.
"""

from collections.abc import Callable
from functools import partial
from struct import unpack_from
from typing import Any

from amqp import spec
from amqp import transport as wires
from amqp.exceptions import RecoverableConnectionError
from kombu.transport import pyamqp

from mesh.rabbitmq import headers

_CHUNK = 8 * 1024
"""Bytes asked for at once: some ten messages. py-amqp copies what is left of them with each part it takes."""
_AROUND = 8  # bytes of a frame besides its payload


class _Ahead:
    """A wire that reads ahead."""

    _quick_recv: Any
    _read_buffer: bytes

    def _setup_transport(self) -> None:
        super()._setup_transport()  # type: ignore[misc]
        receive = self._quick_recv
        self._quick_recv = lambda size: receive(max(size, _CHUNK))

    def holds_frame(self) -> bool:
        """Whether a whole frame has been read ahead."""
        ahead = self._read_buffer
        return len(ahead) >= _AROUND and len(ahead) >= _AROUND + unpack_from(">I", ahead, 3)[0]


class _Tcp(_Ahead, wires.TCPTransport):
    pass


class _Tls(_Ahead, wires.SSLTransport):
    pass


class Connection(pyamqp.Connection):
    """Reads ahead, whatever a message's routing key is."""

    wake: Callable[[], None] | None = None
    """Has the event loop read on."""

    def Transport(
        self, host: str, connect: float, ssl: Any = False, read: Any = None, write: Any = None, **kwargs: Any
    ) -> Any:
        wire = _Tls if ssl else _Tcp
        return wire(host, connect_timeout=connect, ssl=ssl, read_timeout=read, write_timeout=write, **kwargs)

    def on_inbound_method(self, channel: int, method: tuple[int, int], payload: bytes, content: Any) -> Any:
        if method == spec.Basic.Deliver:
            payload = headers.with_readable_key(payload)
        return super().on_inbound_method(channel, method, payload, content)

    def drain_events(self, timeout: float | None = None) -> None:
        """One event: who waits for an answer is not ready yet for what lies behind it."""
        try:
            super().drain_events(timeout)
        finally:
            self.read_on()

    def drain_all(self) -> None:
        """Every event that is here. Raises TimeoutError for none."""
        try:
            super().drain_events(timeout=0)
            while self.holds_frame():
                self.blocking_read()
        finally:
            self.read_on()

    def read_on(self) -> None:
        """The event loop wakes by itself for what the kernel has, not for what is here."""
        if self.wake and self.holds_frame():
            self.wake()

    def holds_frame(self) -> bool:
        return bool(self.connected and self.transport.holds_frame())


class Transport(pyamqp.Transport):
    """What kombu loads for `amqp://…`."""

    Connection = Connection

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        super().register_with_event_loop(connection, loop)
        connection.wake = partial(loop.call_soon, self._read_on, connection, loop)

    def _read_on(self, connection: Any, loop: Any) -> None:
        if connection.connected:  # the turn of the loop that ends it may have asked for this
            self.on_readable(connection, loop)

    def _make_reader(self, connection: Any, *_: Any) -> Callable[[Any], None]:
        def read(loop: Any) -> None:
            if not connection.connected:
                raise RecoverableConnectionError("Socket was disconnected")
            try:
                connection.drain_all()
            except (TimeoutError, BlockingIOError, InterruptedError):
                return
            loop.call_soon(read, loop)

        return read


class SSLTransport(Transport, pyamqp.SSLTransport):
    """What kombu loads for `amqps://…`: it is the scheme that asks for TLS."""
