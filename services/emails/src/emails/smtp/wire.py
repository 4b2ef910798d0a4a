"""A connection to a server, on which no step takes for ever.

Each step has the provider's timeout, and all of them together end at a deadline, of the monotonic clock: a
server that sends a byte now and then holds nobody either.
"""

import math
import re
import select
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any

from emails.smtp.errors import Outage
from emails.smtp.replies import Reply

_LINE = re.compile(rb"(\d{3})([ -]?)(.*)", re.DOTALL)
_LONGEST = 65536  # bytes of one reply
_WRITTEN = 262144  # bytes of one write, which has the time of one step

Place = tuple[Any, ...]


class Wire:
    """Bytes out, replies in. Raises OSError for whatever is wrong with either."""

    def __init__(self, connected: socket.socket, timeout: float) -> None:
        self._socket = connected
        self._timeout = timeout
        self._read = bytearray()

    def secure(self, context: ssl.SSLContext, host: str, until: float) -> None:
        """Speak TLS from here on."""
        if self._read:  # it would be taken for a reply that was protected
            raise OSError("the server went on before TLS had begun")
        self._socket.settimeout(_left(until, self._timeout))
        self._socket = context.wrap_socket(self._socket, server_hostname=host)

    def write(self, data: bytes, until: float) -> None:
        for start in range(0, len(data), _WRITTEN):
            self._socket.settimeout(_left(until, self._timeout))
            self._socket.sendall(memoryview(data)[start : start + _WRITTEN])

    def reply(self, until: float, *, patient: bool = False) -> Reply:
        """The next reply. `patient`: it may take all the time that is left."""
        step = until if patient else min(until, time.monotonic() + self._timeout)
        lines: list[str] = []
        while True:
            found = _LINE.fullmatch(self._line(step))
            if not found or not 200 <= int(found[1]) < 600 or (lines and lines[0] != found[1].decode()):
                raise OSError("the server says what is no SMTP")
            lines = lines or [found[1].decode()]
            lines.append(found[3].decode(errors="replace").strip())
            if found[2] != b"-":
                return Reply(int(lines[0]), "\n".join(lines[1:]))

    @property
    def silent(self) -> bool:
        """Whether the server has said nothing unasked: goodbye, or that it hangs up."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not self._read and not poll.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _line(self, until: float) -> bytes:
        while (end := self._read.find(b"\n")) < 0:
            self._socket.settimeout(_left(until))
            got = self._socket.recv(8192)
            if not got:
                raise ConnectionError("the server closed the connection")
            self._read += got
            if len(self._read) > _LONGEST:
                raise OSError("the server says what is no SMTP")
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        return line.rstrip(b"\r")


def connect(host: str, port: int, timeout: float, until: float) -> Wire:
    """Raises Outage where no address of the host takes a connection."""
    error: OSError = OSError("the DNS knows no address of it")
    step = min(until, time.monotonic() + timeout)
    places = _resolved(host, port, step)
    for number, (family, kind, protocol, _, place) in enumerate(places):
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(_left(step) / (len(places) - number))  # the first may be a way to nowhere
            connected.connect(place)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as failure:
            connected.close()
            error = failure
        else:
            return Wire(connected, timeout)
    raise Outage(f"cannot connect: {error}") from None


def _resolved(host: str, port: int, until: float) -> list[Place]:
    """The system's resolver has no timeout: a thread of its own waits for it."""
    with suppress(OSError):  # an address needs no resolver
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    found: list[Place] = []
    faults: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            faults.append(OSError(str(error)))

    waiter = threading.Thread(target=look_up, daemon=True, name=f"look up {host}")
    waiter.start()
    waiter.join(max(0.0, until - time.monotonic()))
    if faults or waiter.is_alive():
        raise Outage(f"the DNS does not know {host}: {faults[0] if faults else 'it does not answer'}")
    return found


def _left(until: float, timeout: float = math.inf) -> float:
    """Seconds for what is done now. Raises TimeoutError."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return min(left, timeout)
