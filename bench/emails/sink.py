"""A mail server that is as fast as Python can be, and as far away as it is told.

    python -m bench.emails.sink --port 2525 --mails 1000 --latency 0.02

Takes so many mails, then prints what came and ends. Each of its replies is late by the latency, as if it had
a network between; replies to what came together go together. It announces PIPELINING, as large servers do.
"""

import argparse
import asyncio
import json
import signal
import time
from typing import cast

import uvloop

_END = b"\r\n.\r\n"


class Sink:
    """What has come, of all connections."""

    def __init__(self, mails: int, latency: float) -> None:
        self.latency = latency
        self.recipients: list[str] = []
        self.times: list[float] = []
        """Unix times at which mails had come whole."""
        self.connections = 0
        self._wanted = mails
        self.full = asyncio.Event()

    def take(self, recipient: str) -> None:
        self.recipients.append(recipient)
        self.times.append(time.time())
        if len(self.times) >= self._wanted:
            self.full.set()


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._received = b""
        self._recipient = ""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._sink.connections += 1
        self._reply(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        replies = b""
        while (reply := self._next()) is not None:
            replies += reply
        if replies:
            self._reply(replies)

    def _next(self) -> bytes | None:
        """The reply to the next command or mail. None: there is no whole one."""
        end = _END if self._in_data else b"\r\n"
        found, separator, rest = self._received.partition(end)
        if not separator:
            return None
        self._received = rest
        if self._in_data:
            self._in_data = False
            self._sink.take(self._recipient)
            return b"250 taken\r\n"
        return self._obey(found)

    def _obey(self, command: bytes) -> bytes:
        verb = command[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"RCPT":
            self._recipient = command.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        if verb == b"QUIT":
            asyncio.get_running_loop().call_later(self._sink.latency, self._transport.close)
            return b"221 bye\r\n"
        return b"250 OK\r\n"

    def _reply(self, replies: bytes) -> None:
        if self._sink.latency:
            asyncio.get_running_loop().call_later(self._sink.latency, self._write, replies)
        else:
            self._write(replies)

    def _write(self, replies: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(replies)


async def serve(port: int, mails: int, latency: float) -> None:
    sink = Sink(mails, latency)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, sink.full.set)
    server = await loop.create_server(lambda: Connection(sink), "127.0.0.1", port, backlog=1024)
    async with server:
        await sink.full.wait()
        await asyncio.sleep(2 * latency + 0.1)  # the last client hears of its mail
    told = {"times": sink.times, "recipients": sink.recipients, "connections": sink.connections}
    print(json.dumps(told), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.emails.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mails", type=int, required=True)
    parser.add_argument("--latency", type=float, required=True, metavar="SECONDS")
    options = parser.parse_args()
    uvloop.run(serve(options.port, options.mails, options.latency))


if __name__ == "__main__":
    main()
