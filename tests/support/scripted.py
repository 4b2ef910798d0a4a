"""A mail server that misbehaves: at the step that a test names, in the way that it names."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

from embedded.ports import HOST

Act = Callable[[socket.socket], None]
STEPS = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "end"]
LETTING_IN = ["STAR", "TLS", "AUTH"]
"""Steps that there are where it speaks TLS; all before MAIL."""
_USUAL = {
    "greeting": "220 scripted",
    "EHLO": "250-scripted\r\n250-SIZE 100000000\r\n250 8BITMIME",
    "STAR": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "DATA": "354 go ahead",
    "QUIT": "221 bye",
}


@dataclass
class Scripted:
    """Listens inside a `with`. Each connection has a thread."""

    does: dict[str, str] = field(default_factory=dict)
    """At which step, or after which four letters, it does what: `hang`, `close`, `garbage`, `endless`,
    `drip`, `record`, `deaf`; anything else is what it says."""
    pipelining: bool = False
    tls: ssl.SSLContext | None = None
    """With it, the server offers STARTTLS, or speaks TLS `from_start`; and whoever logs in is let in."""
    from_start: bool = False
    mails: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Every command that it was given."""
    connections: int = 0

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
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
        return f"smtp://{HOST}:{self.port}"

    def _listen(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                connected, _ = self._listener.accept()
                self.connections += 1
                self._threads.append(threading.Thread(target=self._serve, args=(connected,)))
                self._threads[-1].start()

    def _serve(self, connected: socket.socket) -> None:
        with ExitStack() as opened, suppress(OSError, EOFError):
            opened.enter_context(connected)
            connected.settimeout(None)
            if self.tls and self.from_start:
                connected = opened.enter_context(self._secured(connected))
            lines = self._lines(connected)
            self._step("greeting", connected)
            while line := next(lines, b""):
                self.said.append(line.decode(errors="replace").strip())
                command = self.said[-1][:4]
                self._step(command, connected)
                if command == "STAR" and self.tls:
                    connected = opened.enter_context(self._secured(connected))
                    lines = self._lines(connected)
                if command == "DATA" and self.does.get("DATA", "354")[:3] == "354":
                    self._take(lines)
                    self._step("end", connected)
                if command == "QUIT":
                    return

    def _secured(self, connected: socket.socket) -> ssl.SSLSocket:
        if "TLS" in self.does:
            self._step("TLS", connected)
        assert self.tls
        connected.settimeout(10)  # a client that is gone does not hold the test
        return self.tls.wrap_socket(connected, server_side=True)

    def _take(self, lines: Iterator[bytes]) -> None:
        mail: list[bytes] = []
        for line in lines:
            if line == b".\r\n":
                self.mails.append(b"".join(mail))
                return
            mail.append(line)
        raise EOFError  # no dot, no mail

    def _step(self, step: str, connected: socket.socket) -> None:
        act: Act | None = getattr(self, f"_{self.does.get(step, '')}", None)
        if act:
            act(connected)
            return
        usual = _USUAL.get(step, "250 OK")
        if step == "EHLO" and self.pipelining:
            usual = usual.replace("250-SIZE", "250-PIPELINING\r\n250-SIZE")
        if step == "EHLO" and self.tls:
            usual = usual.replace("250-SIZE", "250-STARTTLS\r\n250-AUTH PLAIN\r\n250-SIZE")
        connected.sendall(f"{self.does.get(step, usual)}\r\n".encode())

    def _hang(self, _: socket.socket) -> None:
        self._over.wait()
        raise EOFError

    def _close(self, _: socket.socket) -> None:
        raise EOFError

    def _garbage(self, connected: socket.socket) -> None:
        connected.sendall(b"\x00\xff\x16\x03HTTP/1.1 400 Bad Request\r\n\r\n")

    def _endless(self, connected: socket.socket) -> None:
        while not self._over.is_set():
            connected.sendall(b"250-and so on\r\n" * 100)

    def _drip(self, connected: socket.socket) -> None:
        while not self._over.wait(0.02):
            connected.sendall(b"2")

    def _record(self, connected: socket.socket) -> None:
        """Drip what begins as TLS does, so that nobody can tell before its 16 KiB are there."""
        connected.sendall(b"\x16\x03\x03\x3f\xff")
        self._drip(connected)

    def _deaf(self, connected: socket.socket) -> None:
        connected.sendall(b"354 go ahead\r\n")
        self._hang(connected)

    def _lines(self, connected: socket.socket) -> Iterator[bytes]:
        connected.settimeout(0.05)
        read = b""
        while not self._over.is_set():
            with suppress(TimeoutError):
                got = connected.recv(65536)
                if not got:
                    return
                *lines, read = (read + got).split(b"\n")
                yield from (line + b"\n" for line in lines)


@contextmanager
def unanswered() -> Iterator[str]:
    """The URL of a port at which connections are neither taken nor refused."""
    with socket.create_server((HOST, 0), backlog=0) as listener, suppress(OSError):
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex((HOST, port))
        yield f"smtp://{HOST}:{port}"
        for one in waiting:
            one.close()
