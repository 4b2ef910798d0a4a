"""Signals as something to wait for, not as something that happens in the middle of a line."""

import select
import signal
import socket
from types import FrameType
from typing import Self

STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Signals:
    """While entered, collects signals; the end of a child is one. Belongs to the main thread."""

    def __enter__(self) -> Self:
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._stopping = False
        self._old_handlers = {
            number: signal.signal(number, _nothing) for number in {*STOPPING, signal.SIGCHLD}
        }
        self._old_wakeup = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._reading.close()
        self._writing.close()

    def wait(self, seconds: float) -> bool:
        """Until a signal comes or the time is over. True from then on that we were asked to stop."""
        if not self._stopping and select.select([self._reading], [], [], seconds)[0]:
            self._stopping = not STOPPING.isdisjoint(self._reading.recv(4096))
        return self._stopping


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """A handler: so the signal goes to the wake-up descriptor instead of doing what it does by default."""
