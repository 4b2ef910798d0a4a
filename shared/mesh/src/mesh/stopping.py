"""Being told to stop: SIGTERM and SIGINT become a question that loops ask."""

import signal
import threading
from types import FrameType


class Stopping:
    """False until the process is told to stop. A second signal ends the process at once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def listen(self) -> None:
        """Take over SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def wait(self, seconds: float) -> bool:
        """Sleep, but not longer than until told to stop. Returns whether that is so."""
        return self._event.wait(seconds)

    def __bool__(self) -> bool:
        return self._event.is_set()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._event.set()
        signal.signal(number, signal.SIG_DFL)
