"""Several processes that serve on one port, and their parent.

The parent serves nobody, opens nothing and has no threads: what it forks starts as clean as it did. It holds
one end of a line. Who has the other sees it end when it is to stop, and also when the parent was killed.
"""

import ctypes
import mmap
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from mesh.health import FRESH, Heartbeat, State
from mesh.stopping import Stopping
from orders.api import exposition

log = structlog.get_logger(__name__)

_PACE = 0.25  # seconds between two looks at the children
FIRST_PAUSE = 0.5
"""Seconds until a child that died is started again; doubled each time."""
LONGEST_PAUSE = 30.0
LONG_ENOUGH = 60.0
"""Seconds it must have run for its earlier deaths to be forgotten."""

Beats = ctypes.Array[ctypes.c_double]
"""When each child said last that it serves, in seconds of the monotonic clock; 0: it does not."""


class Place:
    """A process's place among the others."""

    def __init__(self, number: int, beats: Beats, line: tuple[int, int], figures: Path) -> None:
        self.number = number
        self.figures = figures
        """The directory in which all keep what they count."""
        self._beats = beats
        self._line = line

    def take(self) -> int:
        """To be called by the child, first of all. Returns its end of the line."""
        for each in (signal.SIGTERM, signal.SIGINT):  # until its loop listens to them
            signal.signal(each, signal.SIG_DFL)
        mine, parents = self._line
        os.close(parents)
        structlog.contextvars.bind_contextvars(process=self.number)
        exposition.share(self.figures, self.number)
        return mine

    def renew(self, state: State, needs: str) -> None:
        self._beats[self.number] = time.monotonic() if state == "ready" else 0.0

    def end(self) -> None:
        self._beats[self.number] = 0.0
        exposition.forget(self.figures, self.number)


Work = Callable[[Place], None]


class Child:
    """The process at one place, and those that follow when it dies."""

    def __init__(self, place: Place, work: Work) -> None:
        self._place = place
        self._work = work
        self._process: BaseProcess | None = None
        self._started = 0.0
        self._deaths = 0
        self._restart_at = 0.0

    def check(self) -> None:
        """Start it, if it does not run and its pause is over. Returns at once."""
        if self._process is None:
            if time.monotonic() >= self._restart_at:
                self._start()
        elif not self._process.is_alive():
            self._bury(self._process.exitcode)

    def ended(self) -> bool:
        return self._process is None or not self._process.is_alive()

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()

    def _start(self) -> None:
        self._started = time.monotonic()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_begin, args=(self._work, self._place))
        self._process.start()

    def _bury(self, code: int | None) -> None:
        lived = time.monotonic() - self._started
        self._deaths = 1 if lived > LONG_ENOUGH else self._deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (self._deaths - 1), LONGEST_PAUSE)
        number = self._place.number
        log.error("process.died", process=number, code=code, lived=round(lived, 1), restart_in=pause)
        self._place.end()
        self._process, self._restart_at = None, time.monotonic() + pause


def _begin(work: Work, place: Place) -> None:
    try:
        work(place)
    except Exception:
        log.exception("process.failed", process=place.number)
        sys.exit(1)


class Parent:
    """Starts the processes, starts them again, and ends with them."""

    def __init__(self, count: int, heartbeat: Heartbeat, work: Work) -> None:
        """`work`: what each does, forked, until the line ends. `heartbeat`: of all."""
        self._heartbeat = heartbeat
        self._work = work
        shared = mmap.mmap(-1, 8 * count)  # with all that are forked
        self._beats: Beats = (ctypes.c_double * count).from_buffer(shared)

    def run(self) -> None:
        """Until SIGTERM or SIGINT. A second one ends the processes at once."""
        stopping = Stopping()
        stopping.listen()
        with TemporaryDirectory(prefix="orders-metrics-") as figures:
            line = os.pipe()
            places = [Place(number, self._beats, line, Path(figures)) for number in range(len(self._beats))]
            children = [Child(place, self._work) for place in places]
            while not stopping.wait(_PACE):
                for child in children:
                    child.check()
                self._beat()
            self._heartbeat.beat("stopping")
            os.close(line[1])
            _await(children)
        self._heartbeat.end()

    def _beat(self) -> None:
        now = time.monotonic()
        serving = sum(now - beat < FRESH for beat in self._beats)
        if serving == len(self._beats):
            self._heartbeat.beat("ready")
        else:
            self._heartbeat.beat("waiting", f"{serving} of {len(self._beats)} processes serve")


def _await(children: list[Child]) -> None:
    hurry = Stopping()
    hurry.listen()
    while not all(child.ended() for child in children) and not hurry.wait(_PACE / 5):
        pass
    for child in children:
        child.kill()
