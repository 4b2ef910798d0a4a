"""A time limit for one message: its handler gets an exception where it is, or at last its process ends.

One thread watches all handlers of a process and looks a few times a second, so that a limit costs a message
no system call. Where a child handles messages, in its process's main thread, it interrupts by a signal, also
what blocks. Any other thread gets the exception when it is back in Python: there, sockets and statements
need limits of their own.
"""

import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog

from mesh.errors import Retry

log = structlog.get_logger(__name__)

_LAST_WORDS = 5.0  # seconds for a process that ends to say so
LOOK = 0.2
"""Seconds between two looks: a limit is that much late at the most."""


class TimeLimit(Retry):
    """The handler ran longer than its contract allows."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)  # a thread gets it bare


def hard(limit: float) -> float:
    """Seconds after which a handler counts as hung that was interrupted at `limit` and goes on."""
    return 2 * limit + 1


@dataclass(slots=True, eq=False)
class _Watched:
    thread: int
    limit: float
    began: float
    interrupted: bool = False


class _Watch:
    """The handlers that are running in this process."""

    def __init__(self) -> None:
        self._running: dict[int, _Watched] = {}
        self._lock = threading.Lock()  # nobody is interrupted who has just left
        self._watcher: threading.Thread | None = None

    @contextmanager
    def over(self, limit: float) -> Iterator[None]:
        thread = threading.get_ident()
        self._ready(thread)
        watched = self._running[thread] = _Watched(thread, limit, time.monotonic())
        try:
            yield
        except TimeLimit as error:
            if str(error):
                raise
            raise TimeLimit(_said(limit)) from None
        finally:
            try:
                self._leave(watched)
            except TimeLimit:  # at the last moment
                self._leave(watched)
                raise

    def _ready(self, thread: int) -> None:
        if thread == _main() and signal.getsignal(signal.SIGALRM) != self._on_signal:
            signal.signal(signal.SIGALRM, self._on_signal)
        if self._watcher is None or not self._watcher.is_alive():  # no thread survives a fork
            self._watcher = threading.Thread(target=self._look, name="time limits", daemon=True)
            self._watcher.start()

    def _leave(self, watched: _Watched) -> None:
        with self._lock:
            if self._running.get(watched.thread) is not watched:
                return  # left long ago
            del self._running[watched.thread]
            if watched.interrupted and watched.thread != _main():
                _throw(watched.thread, None)  # not yet raised, it would hit whoever comes next

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        watched = self._running.get(_main())
        if watched and watched.interrupted:
            raise TimeLimit(_said(watched.limit))

    def _look(self) -> None:
        while True:
            time.sleep(LOOK)
            with self._lock:
                running = list(self._running.values())  # others begin meanwhile
                for watched in running:
                    self._check(watched)
            for watched in running:
                if time.monotonic() - watched.began > hard(watched.limit):
                    _end(watched)

    def _check(self, watched: _Watched) -> None:
        seconds = time.monotonic() - watched.began
        if seconds > watched.limit and not watched.interrupted:
            watched.interrupted = True
            if watched.thread == _main():
                signal.pthread_kill(watched.thread, signal.SIGALRM)
            else:
                _throw(watched.thread, TimeLimit)


def _said(limit: float) -> str:
    return f"handled for more than {limit:g} s"


def _main() -> int:
    ident = threading.main_thread().ident
    assert ident is not None, "the main thread runs"
    return ident


def _throw(thread: int, error: type[Exception] | None) -> None:
    """Raise in another thread; None takes back what was not raised yet."""
    what = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


def _end(watched: _Watched) -> None:
    """What this process held is delivered again, as after any death: a child's chunk, or all that a worker's
    threads had."""
    frame = sys._current_frames().get(watched.thread)  # noqa: SLF001 the documented way
    if frame is None:
        return  # it has ended by itself
    last = threading.Timer(_LAST_WORDS, os._exit, (1,))  # the log may be what it hangs on
    last.daemon = True
    last.start()
    try:
        log.critical("handler.hung", limit=watched.limit, stack="".join(traceback.format_stack(frame)))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(1)


time_limit = _Watch().over
"""`with time_limit(seconds):` raises TimeLimit in the block after `seconds`. A thread does not nest them."""
