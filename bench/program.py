"""One process of a contestant."""

from collections.abc import Callable
from pathlib import Path

from embedded.process import Command, Process


class Program(Process):
    """Ready at once, unless told how to see it."""

    def __init__(
        self, name: str, command: Command, log: Path, ready: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(name, log)
        self.ready = ready
        self._command = command

    def prepare(self) -> Command:
        return self._command

    def is_ready(self) -> bool:
        return self.ready()
