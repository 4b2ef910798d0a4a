"""When is the last message of a major gone? When two looks find none, and nothing moved between them.

A message moves: from outbox to queue to worker, and back to an outbox if it is to be tried again. A look at
one after the other may miss it in each. So: queues are empty at a first look; then every relay counts its
outbox and finds none; then queues are once more seen to be empty; and what every worker says after that shows
that none was given such a message since the first look. Whatever was in no queue at first, in no outbox then
and in no queue later would have had to be given to one. Messages of other names may come and go between.
"""

from collections.abc import Iterator
from datetime import datetime

from contracts import Refused
from mesh.leases import Live
from mesh.manifest import Taken
from mesh.operating.world import Place, World

NOTHING = "nothing found"
COUNTS = 2
"""Of one relay of each service, after the first look: a count that was told later may have begun before."""


class Draining:
    """One major of one service, or of one message that it takes, watched."""

    def __init__(self, service: str, major: int, world: World, name: str | None = None) -> None:
        """`name`: of that message alone; others of its major may come and go meanwhile.

        Raises Refused where it is not known what would have to be drained.
        """
        self._service = service
        self._name = name
        self._taken = {str(t): t for t in _taken(service, major, world) if name in (None, t.name)}
        if not self._taken:
            wanted = f"{name} v{major}" if name else f"anything of v{major}"
            raise Refused(f"no live build of {service} takes {wanted}: {_known(service, world)}")
        self.builds = world.of(service)
        """To be looked at also when they live no more."""
        self.queues = {queue for taken in self._taken.values() for queue in taken.queues(service)}
        self._begin(world)

    def _begin(self, world: World) -> None:
        self._first = world
        self._was_empty = not self._queued(world)
        self._counts: dict[str, dict[str, set[datetime]]] = {}  # by service and relay
        self._counted: dict[str, int] | None = None  # what each worker had said last when all had counted

    def left(self, world: World) -> list[str]:
        """What speaks against it after another look; empty: it is drained."""
        queued = self._queued(world)
        found = {*self._senders(world), *self._lying(world)}
        if found or self._moved(world):
            self._begin(world)
            return sorted(found | queued) or ["messages are being handled"]
        if not self._was_empty:
            self._begin(world)
        if uncounted := sorted(self._uncounted(world)):
            return sorted(queued) or uncounted
        if self._counted is None and queued:
            return sorted(queued)
        now = {process.instance: process.number for process in self._workers(world)}
        self._counted = self._counted or now
        silent = any(number <= self._counted.get(instance, 0) for instance, number in now.items())
        return [f"{NOTHING}, until each worker says so too"] if silent else []

    def _senders(self, world: World) -> Iterator[str]:
        for build in world.builds:
            for taken in self._taken.values():
                if build.sent(taken.name, taken.version):
                    yield f"{build} lives and sends {taken}"

    def _queued(self, world: World) -> set[str]:
        """Queues in which anything is, of whatever name."""
        return {str(place) for place in self._places(world) if place.where in self.queues and place.messages}

    def _lying(self, world: World) -> Iterator[str]:
        """Elsewhere, or where that is not known."""
        for place in self._places(world):
            if place.messages is None or (place.messages and place.where not in self.queues):
                yield str(place)

    def _places(self, world: World) -> Iterator[Place]:
        for taken in self._taken.values():
            yield from world.places(taken, self._service)

    def _moved(self, world: World) -> bool:
        return self._given(self._first) != self._given(world)

    def _given(self, world: World) -> dict[tuple[str, str], int]:
        """How many messages each worker was given from these queues: of that name, if one was said, and of
        names that it has no handler for."""
        return {
            (process.instance, queue): sum(
                count
                for name, count in process.taken.get(queue, {}).items()
                if self._name in (None, name) or not name
            )
            for process in self._workers(world)
            for queue in self.queues
        }

    def _workers(self, world: World) -> list[Live]:
        return [process for process in world.live if self.queues & set(process.queues)]

    def _uncounted(self, world: World) -> Iterator[str]:
        for process in world.live:
            if process.backlog:
                relays = self._counts.setdefault(process.manifest.service, {})
                relays.setdefault(process.instance, set()).add(process.backlog.counted_at)
        for service, relays in self._counts.items():
            if max(map(len, relays.values())) <= COUNTS:
                yield f"{NOTHING}, until {service} has counted its outbox twice"


def _taken(service: str, major: int, world: World) -> Iterator[Taken]:
    for build in world.of(service):
        for taken in build.takes:
            if taken.version == major:
                yield taken


def _known(service: str, world: World) -> str:
    builds = world.of(service)
    if not builds:
        return f"no process of {service} is live"
    return "they take " + ", ".join(sorted({str(taken) for build in builds for taken in build.takes}))
