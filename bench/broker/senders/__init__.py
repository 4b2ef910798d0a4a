"""How each contestant sends: a module each with a class `Sender`, run by `bench.broker.send`."""

from collections.abc import Sequence
from typing import Protocol


class Sender(Protocol):
    """Opened outside the clock: connected, its queue declared."""

    def prepare(self, numbers: Sequence[int]) -> None:
        """Get these orders ready, outside the clock."""

    def send(self) -> None:
        """Send what was prepared. Returns when the broker has confirmed all of it."""
