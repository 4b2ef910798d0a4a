"""An HTTP server that misbehaves: it gives, request by request, the answers that a test names."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from embedded.ports import HOST

Act = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    """Their names in small letters."""


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Act:
    """A whole answer; a header's `_` is a `-`."""
    said = {"Content-Length": str(len(body))} | {n.replace("_", "-"): v for n, v in headers.items()}
    return raw(_head(status, said) + body)


def raw(document: bytes) -> Act:
    """These bytes, and the end of the connection."""

    def act(connected: socket.socket, over: threading.Event) -> None:
        connected.sendall(document)

    return act


def hang(connected: socket.socket, over: threading.Event) -> None:
    over.wait()


def reset(connected: socket.socket, over: threading.Event) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def truncated(connected: socket.socket, over: threading.Event) -> None:
    connected.sendall(_head(200, {"Content-Length": "1000"}) + b"half")


def truncated_chunks(connected: socket.socket, over: threading.Event) -> None:
    connected.sendall(_head(200, {"Transfer-Encoding": "chunked"}) + b"4\r\nhalf\r\n8\r\nha")


def chunks(connected: socket.socket, over: threading.Event) -> None:
    connected.sendall(_head(200, {"Transfer-Encoding": "chunked"}) + b"3\r\nall\r\n3\r\n of\r\n0\r\n\r\n")


def endless(connected: socket.socket, over: threading.Event) -> None:
    connected.sendall(_head(200, {}))
    while not over.is_set():
        connected.sendall(bytes(65536))


def trickle(begun: bytes) -> Act:
    """A byte now and then, for ever, after these."""

    def act(connected: socket.socket, over: threading.Event) -> None:
        connected.sendall(begun)
        while not over.wait(0.05):
            connected.sendall(b"x")

    return act


def trickling_header() -> Act:
    return trickle(b"HTTP/1.1 200 OK\r\nX-Long: ")


def trickling_body() -> Act:
    return trickle(_head(200, {"Content-Length": "1000000"}))


def trickling_to_its_end() -> Act:
    """Of a length that nobody says."""
    return trickle(_head(200, {}))


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


@dataclass
class Weblike:
    """Listens inside a `with`. Each connection has one request."""

    acts: list[Act] = field(default_factory=list)
    """One after the other, and the last one from then on."""
    requests: list[Request] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    def _listen(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                connected, _ = self._listener.accept()
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                self.times.append(time.monotonic())
                self._threads.append(threading.Thread(target=self._serve, args=(connected, act)))
                self._threads[-1].start()

    def _serve(self, connected: socket.socket, act: Act) -> None:
        with connected, suppress(OSError):
            connected.settimeout(5)
            lines = self._lines(connected)
            path = next(lines).split()[1]
            pairs = (line.partition(": ") for line in lines)
            self.requests.append(Request(path, {name.lower(): value for name, _, value in pairs}))
            act(connected, self._over)

    def _lines(self, connected: socket.socket) -> Iterator[str]:
        read = b""
        while not read.endswith(b"\r\n\r\n"):
            got = connected.recv(65536)
            if not got:
                raise OSError("no request")
            read += got
        yield from read.decode().strip().split("\r\n")
