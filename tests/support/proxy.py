"""A TCP proxy that can be cut, refuse, freeze, forget and be slow: the network before a server."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"


class Proxy:
    """Forwards to one server. As a context manager: open inside, all connections gone outside."""

    def __init__(self, target: str) -> None:
        """The target: a URL with host and port."""
        self._url = urlsplit(target)
        self._flowing = threading.Event()
        self._flowing.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._forgotten: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self._servers: set[socket.socket] = set()
        self.losing = 0
        """How many of the next answers are lost: in place of each, its connection ends."""
        self.delay = 0.0
        """Seconds by which every piece is late, in both directions."""

    @property
    def url(self) -> str:
        """The target's URL, by way of the proxy."""
        login, at, _ = self._url.netloc.rpartition("@")
        return self._url._replace(netloc=f"{login}{at}{HOST}:{self._port}").geturl()

    def cut(self) -> int:
        """End every connection. Returns how many there were; new ones are welcome."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _end(*pair)
        return len(pairs)

    def forget(self) -> int:
        """Swallow what comes over the connections that are there, also that they end: each side goes on
        believing in the other, as behind a router that was restarted. New ones are welcome."""
        self._forgotten.update(end for pair in self._pairs for end in pair)
        return len(self._pairs)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """End every connection and refuse new ones, for as long."""
        self._close()
        self.cut()
        yield
        self._open()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Accept, and forward nothing, for as long. What was written meanwhile goes on afterwards."""
        self._flowing.clear()
        yield
        self._flowing.set()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self._flowing.set()
        self._close()
        self.cut()

    def _open(self) -> None:
        self._listener = socket.create_server((HOST, self._port), backlog=128)
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _close(self) -> None:
        if self._listener:
            _end(self._listener)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((self._url.hostname or HOST, self._url.port or 0), timeout=5)
        except OSError:
            return _end(client)
        server.settimeout(None)
        self._pairs.append((client, server))
        self._servers.add(server)
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=[source, sink], daemon=True).start()
        return None

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._flowing.wait()
                time.sleep(self.delay)
                if self.losing and source in self._servers:
                    self.losing -= 1
                    return _end(source, sink)
                if source not in self._forgotten:
                    sink.sendall(piece)
        if source in self._forgotten:
            return _end(source)
        return _end(source, sink)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
