"""What the supervisor says, and the logs of its processes: merged on the terminal, or each in a file."""

import os
import sys
import threading
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import IO

WIDTH = 16  # of the longest name, «reports migrate», and a space
COLOURS = cycle((36, 33, 32, 35, 34, 96, 93, 92, 95, 94))  # ANSI; red is left for errors


def on_terminal() -> bool:
    """Whether a person looks at our output."""
    return sys.stdout.isatty()


def coloured() -> bool:
    """Whether to use colours; https://no-color.org."""
    return on_terminal() and not os.environ.get("NO_COLOR")


class Console:
    """Prints progress, and merges the processes' logs line by line, each line with its name before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: list[tuple[int, threading.Thread]] = []

    def say(self, text: str) -> None:
        """Print a line of our own."""
        self._print(f"\x1b[1m{text}\x1b[0m" if coloured() else text)

    @property
    def log_settings(self) -> dict[str, str]:
        """How the services are to write their logs: for a person or for a machine."""
        if not on_terminal():
            return {"LOG_FORMAT": "json"}
        return {"LOG_FORMAT": "console"} | ({"LOG_COLOR": "1"} if coloured() else {})

    def log_of(self, name: str) -> Path | int:
        """Where that process is to write: a pipe that lives until `close`, over all its restarts."""
        reading, writing = os.pipe()
        reader = threading.Thread(target=self._merge, args=(name, os.fdopen(reading, "rb")), daemon=True)
        reader.start()
        self._readers.append((writing, reader))
        return writing

    def close(self) -> None:
        """Print what is left in the pipes. The processes must have ended."""
        for writing, reader in self._readers:
            os.close(writing)
            reader.join(2.0)  # should something have escaped us that still holds the pipe
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
        self._folder = folder

    @property
    def log_settings(self) -> dict[str, str]:
        """For the person who is told to look into one of the files."""
        return {"LOG_FORMAT": "console"}

    def log_of(self, name: str) -> Path | int:
        """The process's file, without what it wrote the last time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / f"{name.replace(' ', '-')}.log"
        log.unlink(missing_ok=True)
        return log
