"""Connections that end at a deadline, whatever their server does.

urllib3 has a time for each read of a socket, and none for all of them: who sends a byte every nine seconds,
of a header or of a body, could hold a worker for as long as they like. A timer shuts the sockets down, and
whoever reads from one is told at once. Looking a name up ends when the resolver says so.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watch:
    """The sockets that are open for one attempt."""

    def __init__(self) -> None:
        self.over = False
        """Whether the time is."""
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []

    def add(self, connected: socket.socket) -> socket.socket:
        with self._lock:
            self._watched.append(connected.dup())  # TLS takes the first one over
            if self.over:
                _shut(self._watched[-1])
        return connected

    def end(self) -> None:
        with self._lock:
            self.over = True
            for each in self._watched:
                _shut(each)

    def close(self) -> None:
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()


_now: ContextVar[Watch] = ContextVar("watch")


@contextmanager
def until(deadline: float) -> Iterator[Watch]:
    """Connections that are made in this thread meanwhile end then, in seconds of the monotonic clock."""
    watch = Watch()
    timer = threading.Timer(max(deadline - time.monotonic(), 0.0), watch.end)
    timer.daemon = True
    token = _now.set(watch)
    timer.start()
    try:
        yield watch
    finally:
        _now.reset(token)
        timer.cancel()
        timer.join()  # it may be at it
        watch.close()


def manager(url: str) -> urllib3.PoolManager:
    """Asks that URL, through a proxy where the environment names one."""
    made = _through(url)
    made.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return made


def _through(url: str) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return urllib3.PoolManager()
    login = urlsplit(proxy).netloc.rpartition("@")[0]
    headers = urllib3.make_headers(proxy_basic_auth=login) if login else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers)


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _now.get().add(super()._new_conn())


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _now.get().add(super()._new_conn())


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def _shut(each: socket.socket) -> None:
    with suppress(OSError):  # the other side was first
        each.shutdown(socket.SHUT_RDWR)
