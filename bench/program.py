"""One process of a contestant."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def working(name: str, command: Command, folder: Path) -> Iterator[Process]:
    """One that is waited for elsewhere. An error takes the end of its log, in `folder`, with it."""
    program = Program(name, command, folder / f"{name}.log")
    program.start()
    try:
        yield program
    except BaseException as error:
        error.add_note(program.log_tail())
        raise
    finally:
        program.stop()
