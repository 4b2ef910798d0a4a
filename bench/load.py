"""The load: a fixed number of orders, so many in flight at a time, each sent when another is answered.

A process of its own, `python -m bench.load --port 8080 --orders 4000 --key mw_…`: what it costs can
then be told from what it measures. It shares the machine with it, so it does little: requests are made before
the clock starts, and of a reply only its status and its length are read. It ends with one JSON object.
"""

import argparse
import asyncio
import gc
import json
import re
import sys
import time
from collections.abc import Iterator

from bench.orders import request

HOST = "127.0.0.1"

_LENGTH = re.compile(rb"\r\ncontent-length: ?(\d+)\r\n", re.IGNORECASE)


class Refused(Exception):
    """A reply that is not 201, or none at all: then there is nothing to measure."""


def reply_in(received: bytes) -> bytes | None:
    """The body, once it is there in full. Raises Refused."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    length = _LENGTH.search(head + b"\r\n")
    if length is None or len(body) < int(length[1]):
        return None
    if not head.startswith(b"HTTP/1.1 201 "):
        raise Refused(received.decode(errors="replace"))
    return body


class Client(asyncio.Protocol):
    """One kept connection with one request in flight."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._received = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            if reply_in(self._received) is None:
                return
        except Refused as error:
            self.done.set_exception(error)
            return
        self._received = b""
        self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Refused("the connection was closed before the last reply"))

    def send(self) -> None:
        """Send the next request; with the last one answered, this one is done."""
        following = next(self._requests, None)
        if following is not None:
            self._transport.write(following)
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


async def place(port: int, orders: int, connections: int, key: str) -> dict[str, float]:
    """Place orders 0 up to `orders`. Times are Unix time, CPU is seconds. Raises Refused."""
    requests = iter([request(number, key) for number in range(orders)])
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Client(requests), HOST, port) for _ in range(connections)]
    clients = [client for _, client in made]
    started, cpu = time.time(), time.process_time()
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
    return {"started": started, "answered": time.time(), "cpu": time.process_time() - cpu}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--key", required=True, help="what opens the API")
    gc.disable()  # it lives for seconds, and its pauses would be the flow's
    sys.stdout.write(json.dumps(asyncio.run(place(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
