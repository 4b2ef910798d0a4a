"""What the supervisor says, and the logs of its processes: merged on the terminal, or each in a file."""

import os
import sys
import threading
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import IO

WIDTH = 15  # of the longest name, «reports worker», and a space
COLOURS = cycle((36, 33, 32, 35, 34, 96, 93, 92, 95, 94))  # ANSI; red is left for errors


def on_terminal() -> bool:
    """Whether a person looks at our output."""
    return sys.stdout.isatty()


def coloured() -> bool:
    """Whether to use colours; https://no-color.org."""
    return on_terminal() and not os.environ.get("NO_COLOR")


class Console:
    """Prints progress, and merges the processes' logs line by line, each line with its process's name before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: list[tuple[int, threading.Thread]] = []

    def say(self, text: str) -> None:
        """Print a line of our own."""
        self._print(f"\x1b[1m{text}\x1b[0m" if coloured() else text)

    def log_of(self, name: str) -> Path | int:
        """Where that process is to write: a pipe that lives until `close`, over all its restarts."""
        reading, writing = os.pipe()
        reader = threading.Thread(target=self._merge, args=(name, os.fdopen(reading, "rb")), name=f"log of {name}")
        reader.start()
        self._readers.append((writing, reader))
        return writing

    def close(self) -> None:
        """Print what is left in the pipes. The processes must have ended."""
        for writing, reader in self._readers:
            os.close(writing)
            reader.join()
        self._readers.clear()

    def _merge(self, name: str, log: IO[bytes]) -> None:
        prefix = f"{name:{WIDTH}}| "
        if coloured():
            prefix = f"\x1b[{next(COLOURS)}m{prefix}\x1b[0m"
        with log:
            for line in log:
                self._print(prefix + line.decode(errors="replace").rstrip("\r\n"))

    def _print(self, line: str) -> None:
        # Whoever read our output may be gone (`make up | head`): the pipes must still be emptied.
        with suppress(OSError, ValueError), self._lock:
            print(line, flush=True)


class QuietConsole(Console):
    """Leaves each process's log in a file of its own and prints only progress."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.log"):
            old.unlink()

    def log_of(self, name: str) -> Path | int:
        """The process's file."""
        return self.folder / f"{name.replace(' ', '-')}.log"
