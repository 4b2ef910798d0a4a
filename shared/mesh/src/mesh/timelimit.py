"""A soft time limit for one message: the handler gets an exception where it is."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mesh.errors import Retry


class TimeLimit(Retry):
    """The handler ran longer than its contract allows."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the block after `seconds`.

    Only a process's main thread can be interrupted so, which is where a child handles messages. In
    a thread it does nothing: there the time limits of sockets and statements hold, and the worker's
    own limit, which ends the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_: int, __: FrameType | None) -> None:
        raise TimeLimit(f"handled for more than {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
