"""What a process says of itself to everybody: its lease, renewed with its heartbeat."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from typing import Any

import structlog

from contracts import Contract
from mesh import leases, topology
from mesh.backlog import Backlog
from mesh.errors import Unavailable
from mesh.health import State
from mesh.leases import Leases, Live, Role
from mesh.manifest import Manifest
from mesh.service import Service
from mesh.topology import LEASE

log = structlog.get_logger(__name__)

PACE = LEASE / 3
"""Seconds between two renewals: one may be lost, and one be late."""

_SHARE = 0.2
"""Of a process's time, for words that fail: RabbitMQ takes none when its disk is full, and is read from all
the same by who does nothing else while it waits for an answer."""


class Announcer:
    """Says it for one process. Connects with the first word that it says, which comes after any fork."""

    def __init__(self, service: Service[Any], url: str, role: Role, queues: Collection[str] = ()) -> None:
        self._service = service
        self._url = url
        self._role = role
        self._queues = tuple(queues)
        self._instance = leases.instance()
        self._since = datetime.now(UTC)
        self._said: tuple[State, float] = ("starting", 0.0)
        self._number = 0
        self._silent = False
        self._silent_until = 0.0
        self.reached: bool | None = None
        """Whether the broker took the last word. None: it keeps no leases, or was told nothing yet."""
        self.taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Messages that this worker was given, by queue and name."""
        self.held: Callable[[], Counter[str]] = Counter
        """Counts those that it has not settled yet."""
        self.backlog: Backlog | None = None
        """What this relay counted last."""

    def renew(self, state: State, needs: str) -> None:
        """Call as often as you like. Never raises: a mesh in which nobody hears of anybody works on."""
        now = monotonic()
        if state == "starting" or (self._said[0] == state and now - self._said[1] < PACE):
            return
        if now < self._silent_until:
            return
        self._said = (state, now)
        self._tell(lambda to: to.renew(self._instance, self._document(state, needs)))
        if self._silent:
            self._silent_until = monotonic() + (monotonic() - now) / _SHARE

    def end(self) -> None:
        """This process goes."""
        if self._said[1] and not self._silent:
            self._tell(lambda to: to.end(self._instance))
            self._tell(lambda to: to.close())

    def live(self) -> list[Live]:
        """Every process that lives; none, while nobody can tell.

        On a broker that keeps no leases, one worker of this build is taken to be live.
        """
        if self._leases is None:
            return [self._imagined]
        found: list[Live] = []
        self._tell(lambda to: found.extend(leases.live(to)))
        return found

    def is_taken(self, command: Contract) -> bool:
        """Whether a worker lives that takes it. On a broker that keeps no leases it is taken to be so."""
        if self._leases is None:
            return True
        queue = topology.receiver(command).name
        return any(process.takes(queue, command.name, command.version) for process in self.live())

    @cached_property
    def _leases(self) -> Leases | None:
        return leases.connect(self._url)

    @cached_property
    def _manifest(self) -> Manifest:
        return Manifest.of(self._service)

    @property
    def _imagined(self) -> Live:
        queues = tuple(queue.name for queue in self._service.consumer.queues())
        return Live(
            instance="",
            role="worker",
            state="ready",
            since=self._since,
            manifest=self._manifest,
            queues=queues,
        )

    def _document(self, state: State, needs: str) -> bytes:
        self._number += 1
        said = Live(
            instance=self._instance,
            number=self._number,
            role=self._role,
            state=state,
            needs=needs,
            since=self._since,
            manifest=self._manifest,
            queues=self._queues,
            taken={queue: dict(names) for queue, names in self.taken.items()},
            held=dict(self.held()),
            backlog=self.backlog,
        )
        return said.model_dump_json().encode()

    def _tell(self, word: Callable[[Leases], None]) -> None:
        try:
            if self._leases is not None:
                word(self._leases)
                self.reached = True
            self._silent = False
        except Exception as error:  # whatever it is: nobody's work depends on being heard of
            if not self._silent:  # once, not every few seconds
                unexpected = not isinstance(error, Unavailable) and error
                log.warning("lease.not_renewed", error=str(error), exc_info=unexpected)
            self._silent, self.reached = True, False
