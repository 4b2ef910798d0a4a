"""Starts a process again when it dies, and says so."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from embedded.process import Process

FIRST_PAUSE = 0.5  # seconds before the first restart; doubled with each further one
LONGEST_PAUSE = 30.0
LONG_ENOUGH = 60.0  # seconds it must have run for its earlier deaths to be forgotten


@dataclass
class Watched:
    """A running process and what became of it."""

    process: Process
    say: Callable[[str], None]
    deaths: int = 0
    ready: bool = True
    started: float = 0.0
    restart_at: float | None = None

    def check(self) -> None:
        """Notice that it died, that its pause is over, or that it is ready again. Returns at once."""
        now = time.monotonic()
        if self.restart_at is not None:
            if now >= self.restart_at:
                self._restart(now)
        elif (code := self.process.exit_code) is not None:
            self._bury(code, now)
        elif not self.ready and self.process.is_ready():
            self.ready = True
            self.say(f"{self.process.title}: ready again")

    def _restart(self, now: float) -> None:
        self.restart_at, self.started, self.ready = None, now, False
        self.process.start()

    def _bury(self, code: int, now: float) -> None:
        self.deaths = 1 if now - self.started > LONG_ENOUGH else self.deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.say(f"{self.process.title} {how}; starting it again in {pause:g} s")
        self.process.kill()  # what is left of its group
        self.restart_at = now + pause
