"""Who removes documents that are old: the relay of the service that keeps them, in a thread of its own.

A store may be large, far away, or not answer: no message waits for that. Between two parts (one of 256
folders, a thousand names of a bucket) it rests for far longer than that part took.
"""

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import structlog

from mesh.errors import Unavailable
from mesh.files.store import FileStore, Removed
from mesh.stopping import Stopping

log = structlog.get_logger(__name__)

_SOON = 300.0  # seconds until the first time, times 0.5 to 1.5: several relays do not begin at once
_PACE = 6 * 3600.0  # seconds between two of them
_SHARE = 0.05  # of the time, while it goes on


class Retention:
    """Removes what is older than `kept`, now and then."""

    def __init__(self, store: FileStore, kept: timedelta, stopping: Stopping) -> None:
        self._store = store
        self._kept = kept
        self._stopping = stopping

    def start(self) -> None:
        """Returns at once. It ends with the process, at the latest after the part that it is at."""
        threading.Thread(target=self._run, name="retention", daemon=True).start()

    def sweep(self, share: float = _SHARE) -> Removed:
        """Remove what is old, or until told to stop. `share`: of the time that this may take."""
        removed, begun = Removed(), time.monotonic()
        try:
            for part in self._store.prune(datetime.now(UTC) - self._kept):
                removed = removed.and_(part)
                took = time.monotonic() - begun
                if self._stopping.wait(took * (1 / share - 1)):
                    break
                begun = time.monotonic()
        finally:
            if removed.files:
                log.info("files.removed", files=removed.files, bytes=removed.bytes, kept=str(self._kept))
        return removed

    def _run(self) -> None:
        pause = _SOON * random.uniform(0.5, 1.5)
        while not self._stopping.wait(pause):
            pause = _PACE
            try:
                self.sweep()
            except Unavailable as error:
                log.warning("files.unswept", error=str(error))
