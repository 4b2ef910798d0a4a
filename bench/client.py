"""A client that asks one thing at a time over one kept connection: what every load is made of.

It shares the machine with what it measures, so it does little: requests are made before the clock starts, and
of a reply its status, its length and what it must hold are looked at.
"""

import asyncio
import re
import time
from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

HOST = "127.0.0.1"

_LENGTH = re.compile(rb"\r\ncontent-length: ?(\d+)\r\n", re.IGNORECASE)


class Ask(NamedTuple):
    """A request, and what the right answer to it is."""

    request: bytes
    status: int = 201
    holds: bytes = b""
    """What the body has in it."""
    times: int = 1
    """How often."""


class Refused(Exception):
    """A reply that is not the right one, or none at all: then there is nothing to measure."""


def reply_in(received: bytes, status: int = 201) -> bytes | None:
    """The body, once it is there in full. Raises Refused for another status."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    length = _LENGTH.search(head + b"\r\n")
    if length is None or len(body) < int(length[1]):
        return None
    if not head.startswith(b"HTTP/1.1 %d " % status):
        raise Refused(received.decode(errors="replace"))
    return body


class Client(asyncio.Protocol):
    """Asks until there is nothing left to ask."""

    def __init__(self, asks: Iterator[Ask]) -> None:
        self._asks = asks
        self._received = b""
        self.sent = array("d")
        """When each was sent, by the clock of `time.perf_counter`."""
        self.took = array("d")
        """Seconds until each was answered."""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            if not self._is_answered():
                return
        except Refused as error:
            self.done.set_exception(error)
            return
        self.took.append(time.perf_counter() - self.sent[-1])
        self._received = b""
        self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Refused("the connection was closed before the last reply"))

    def send(self) -> None:
        """Ask the next; with the last one answered, this one is done."""
        following = next(self._asks, None)
        if following is not None:
            self._ask = following
            self.sent.append(time.perf_counter())
            self._transport.write(following.request)
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()

    def _is_answered(self) -> bool:
        body = reply_in(self._received, self._ask.status)
        if body is None:
            return False
        if self._ask.holds and body.count(self._ask.holds) != self._ask.times:
            raise Refused(f"not {self._ask.times} times {self._ask.holds!r} in {body!r}")
        return True


async def connected(port: int, asks: Iterator[Ask], connections: int) -> Sequence[Client]:
    """Clients that share what is to be asked, each on a connection of its own."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Client(asks), HOST, port) for _ in range(connections)]
    return [client for _, client in made]


async def run(clients: Sequence[Client]) -> None:
    """Until everything is asked and answered. Raises Refused."""
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
