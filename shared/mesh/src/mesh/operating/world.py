"""What is there at this moment: who lives, and what lies where."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mesh import depths, leases, topology, unrouted
from mesh.backlog import Waiting
from mesh.depths import UNKNOWN, Depth
from mesh.leases import Live
from mesh.manifest import Entry, Manifest


class Place(NamedTuple):
    """Where messages lie that a build may have to read."""

    where: str
    messages: int | None
    """None: that cannot be known, and `where` says why."""

    def __str__(self) -> str:
        return self.where if self.messages is None else f"{self.messages} in {self.where}"


@dataclass(frozen=True)
class World:
    """One look at it."""

    live: tuple[Live, ...]
    builds: tuple[Manifest, ...]
    """Those that live, each once; or would live."""
    queues: dict[str, Depth] = field(default_factory=dict)
    delayed: Counter[str] = field(default_factory=Counter)
    aside: dict[str, Counter[str]] = field(default_factory=dict)
    """By queue: what nobody listened for, and what RabbitMQ gave up, as `name vN`."""
    replaced: tuple[Manifest, ...] = ()
    """Those that live and would not: what they send until then is still to come."""

    def of(self, service: str) -> list[Manifest]:
        """The builds of one service."""
        return [build for build in self.builds if build.service == service]

    def after(self, deployed: Manifest) -> "World":
        """With that build in place of all others of its service."""
        others = tuple(build for build in self.builds if build.service != deployed.service)
        return replace(
            self, builds=(*others, deployed), replaced=(*self.replaced, *self.of(deployed.service))
        )

    def places(self, message: Entry, service: str) -> Iterator[Place]:
        """Where messages of this name and version may lie on their way to `service`."""
        queues = message.queues(service)
        for queue in queues:
            yield from self._in_queue(queue)
            yield Place(f"delays for {queue}", self.delayed[queue])
        if self.delayed[UNKNOWN]:
            yield Place(
                f"{self.delayed[UNKNOWN]} delayed messages, of which RabbitMQ does not say whose", None
            )
        for queue, found in self.aside.items():
            yield Place(f"{queue}: {message}", found[str(message)])
        for process in self._counting():
            yield from _in_database(process, message, queues, service)
        senders = {service, topology.owner(message.name), *(p.manifest.service for p in self.live)}
        for absent in sorted(senders - {p.manifest.service for p in self._counting()}):
            yield Place(f"the outbox of {absent} is not known: no relay of it is live, or it counts", None)

    def _in_queue(self, queue: str) -> Iterator[Place]:
        held = sum(process.held.get(queue, 0) for process in self.live)
        if (depth := self.queues.get(queue)) is None:
            yield Place(f"{queue}, which was not looked at", None)
            return
        yield Place(queue, depth.messages + held)
        takers = sum(queue in process.queues for process in self.live)
        if depth.consumers > takers:
            text = f"{queue} has {depth.consumers} consumers, of which {takers} say who they are"
            yield Place(text, None)

    def _counting(self) -> list[Live]:
        """Of each service the relay that has counted last."""
        counting = [(p.backlog.counted_at, p) for p in self.live if p.backlog]
        counting.sort(key=lambda counted: counted[0])
        return list({process.manifest.service: process for _, process in counting}.values())


def look(url: str, among: Iterable[Manifest] = ()) -> World:
    """Look at the broker; also at the queues of builds that do not live yet. Raises Refused, Unavailable."""
    live = tuple(leases.read(url, refuse_unreadable=True))
    builds = _distinct([process.manifest for process in live])
    known = [*builds, *among]
    queues = {queue for build in known for taken in build.takes for queue in taken.queues(build.service)}
    # What leads to a queue is looked at before it: a message that moves meanwhile is seen in one of the two.
    lying = depths.depths(url, [topology.UNROUTED, topology.DEAD])
    aside = {queue: unrouted.counted(url, queue) for queue, depth in lying.items() if depth.messages}
    delayed = depths.delayed(url)
    found = depths.depths(url, queues)
    depth = {queue: found.get(queue, Depth(0, 0)) for queue in queues}
    return World(live, tuple(builds), depth, delayed, aside)


def _distinct(builds: Iterable[Manifest]) -> list[Manifest]:
    found: list[Manifest] = []
    for build in builds:
        if build not in found:
            found.append(build)
    return found


def _in_database(process: Live, message: Entry, queues: list[str], service: str) -> Iterator[Place]:
    owner = process.manifest.service
    backlog = process.backlog
    if backlog is None:
        return
    of_it = [w for w in backlog.outbox if _is(w, message) and (w.queue is None or w.queue in queues)]
    yield Place(f"the outbox of {owner}: {message}", sum(w.messages for w in of_it))
    if owner == service:
        dead = [w for w in backlog.dead_letters if _is(w, message)]
        yield Place(f"the dead letters of {owner}: {message}", sum(w.messages for w in dead))


def _is(waiting: Waiting, message: Entry) -> bool:
    return (waiting.name, waiting.version) == (message.name, message.version)
