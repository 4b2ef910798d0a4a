"""The lanes that a worker leaves alone, because an operator switched them off (`mesh.switches`).

What it does then is Celery's own `cancel_consumer`, and `add_consumer`, of which a worker that starts later
would know nothing. A thread looks once a second, since the loop may not wait for a server that is away;
meanwhile all stays as it was, and what starts then takes every lane.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import structlog

from mesh.errors import Unavailable
from mesh.settings import Settings
from mesh.switches import Switch, Switches

log = structlog.get_logger(__name__)

_LOOK = 1.0  # seconds between two looks


class Switched:
    """Those of one worker."""

    def __init__(self, switches: Switches | None, queues: Mapping[str, Sequence[str]]) -> None:
        """`queues`: what the worker takes, by lane. None: there is no place for switches."""
        self._switches = switches
        self._queues = queues
        self._off: dict[str, Switch] = {}
        self._obeyed: set[str] = set()
        """The lanes that are left alone."""
        self._begun = self._away = False

    @classmethod
    def of(
        cls, service: str, settings: Settings, lanes: Mapping[str, Sequence[str]], taken: Collection[str]
    ) -> "Switched":
        """For a worker that takes these of its service's queues. Raises RefusedAtStart."""
        own = {lane: [name for name in names if name in taken] for lane, names in lanes.items()}
        url = settings.switches_url
        switches = Switches(url, service) if url else None
        return cls(switches, {lane: names for lane, names in own.items() if names})

    def begin(self, leave: Callable[[str], None]) -> None:
        """Look for the first time, and from now on: once, after the fork and before anything is taken.

        `leave`: is told of each queue that is not to be taken from the start.
        """
        if self._switches is None or self._begun:
            return
        self._begun = True
        self._look(self._switches)
        for queue, _ in self.changes():
            leave(queue)
        threading.Thread(target=self._watch, args=(self._switches,), name="switches", daemon=True).start()

    def changes(self) -> Iterator[tuple[str, bool]]:
        """Each queue to be taken (True) or left (False) from now on. Who breaks off is told again."""
        off = self._off
        for lane in sorted(off.keys() ^ self._obeyed):
            for queue in self._queues[lane]:
                yield queue, lane not in off
            log.info("lane.switched", lane=lane, to="off" if lane in off else "on")
            self._obeyed ^= {lane}

    def told(self) -> str:
        """Which lanes are left alone; empty: none."""
        return f"switched off: {', '.join(sorted(self._obeyed))}" if self._obeyed else ""

    def _watch(self, switches: Switches) -> None:
        while True:
            time.sleep(_LOOK)
            self._look(switches)

    def _look(self, switches: Switches) -> None:
        try:
            self._off = self._found(switches)
        except Unavailable as error:
            if not self._away:  # once, not once a second
                log.warning("switches.away", error=str(error))
            self._away = True
        else:
            self._away = False

    def _found(self, switches: Switches) -> dict[str, Switch]:
        known = switches.read()
        for lane in self._off.keys() - known.keys():
            log.warning("switch.restored", lane=lane)
            switches.restore(lane, self._off[lane])
            known[lane] = self._off[lane]
        return {lane: switch for lane, switch in known.items() if lane in self._queues and not switch.on}
