"""When is the last message gone? Never said too early, wherever it is, however late what one hears of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Refused
from mesh.backlog import Backlog, Waiting
from mesh.depths import Depth
from mesh.leases import Live
from mesh.manifest import Entry, Manifest, Taken
from mesh.operating.draining import Draining
from mesh.operating.world import World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
QUEUE = "shop.v1"
NAME = "shop.pack"
SHOP = Manifest(
    service="shop",
    build="1",
    takes=(Taken(name=NAME, version=1, writer={}, reader={}),),
    sends=(),
)


@dataclass
class Made:
    """A service with a worker and two relays. What they say of themselves is old until they say it again."""

    where: str = "outbox"
    """The one message: outbox, dead (letters), queue, delayed, worker; or gone."""
    clock: int = 0
    taken: int = 0
    others: int = 0
    """Messages that came to the worker which it has no handler for."""
    known: int = 0
    """Those of another name that it handles."""
    busy: bool = False
    """Whether one of them is in the queue."""
    said: int = 0
    counted: dict[str, Backlog] = field(default_factory=dict)
    told: dict[str, Live] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for relay in ("first", "second"):
            self.count(relay)
            self.tell(relay)
        self.work_tells()

    def move(self, to: str) -> None:
        if to in WAYS.get(self.where, ()):
            self.taken += to == "worker"
            self.where = to

    def count(self, relay: str) -> None:
        self.clock += 1
        found = (Waiting(name=NAME, version=1, messages=1, since=BEGIN, queue=QUEUE),)
        self.counted[relay] = Backlog(
            counted_at=BEGIN + timedelta(seconds=self.clock),
            outbox=found if self.where == "outbox" else (),
            dead_letters=found if self.where == "dead" else (),
        )

    def tell(self, relay: str) -> None:
        self.told[relay] = self._live("relay", relay, backlog=self.counted[relay])

    def first_relay_goes_on(self) -> None:
        self.count("first")
        self.tell("first")

    def all_go_on(self) -> None:
        self.first_relay_goes_on()
        self.count("second")
        self.tell("second")
        self.work_tells()

    def work_tells(self) -> None:
        self.said += 1
        self.told["worker"] = self._live(
            "worker",
            "worker",
            number=self.said,
            queues=(QUEUE,),
            taken={QUEUE: {NAME: self.taken, "shop.other": self.known, "": self.others}},
            held={QUEUE: 1} if self.where == "worker" else {},
        )

    def look(self, meanwhile: str = "") -> World:
        """At leases, at delays, at the queue, one after the other: the message may move between them."""
        live = tuple(self.told.values())
        delayed = Counter({QUEUE: 1}) if self.where == "delayed" else Counter[str]()
        self.move(meanwhile)
        return World(live, (SHOP,), {QUEUE: Depth((self.where == "queue") + self.busy, 1)}, delayed)

    def _live(self, role: str, instance: str, **said: object) -> Live:
        told = {"role": role, "instance": instance, "state": "ready", "since": BEGIN, "manifest": SHOP}
        return Live.model_validate({**told, **said})


WAYS = {
    "outbox": ("queue", "delayed"),
    "delayed": ("queue",),
    "queue": ("worker",),
    "worker": ("outbox", "dead", "queue"),
    "dead": ("outbox",),
}
"""From where a message may go where: back to a queue with the death of its worker's connection."""
PLACES = st.sampled_from(["outbox", "delayed", "queue", "worker", "dead"])
DODGES = {
    "count": {"dead": "outbox", "outbox": "queue"},
    "work_tells": {"worker": "outbox"},
    "look": {"delayed": "queue", "queue": "worker"},
    "tell": {},
}
"""Where the message goes at the last moment before somebody sees it."""
WHO = st.sampled_from(["first", "first", "first", "second"])
EVENTS = st.one_of(
    st.tuples(st.sampled_from(["count", "tell"]), st.booleans(), WHO),
    st.tuples(st.sampled_from(["look", "work_tells"]), st.booleans()),
    st.tuples(st.just("move"), st.just(False), PLACES),
)


def happen(made: Made, draining: Draining, event: str, dodges: bool, *arguments: str) -> None:
    while dodges and (to := DODGES[event].get(made.where)):
        made.move(to)
    if event == "look":
        assert draining.left(made.look())
    else:
        getattr(made, event)(*arguments)


@settings(max_examples=500, deadline=None)
@given(PLACES, st.lists(EVENTS, min_size=15, max_size=60))
def test_a_message_that_goes_round_is_never_overlooked(where: str, events: list[tuple[Any, ...]]) -> None:
    made = Made(where)
    draining = Draining("shop", 1, made.look())
    for event in events:
        happen(made, draining, *event)


@settings(max_examples=500, deadline=None)
@given(PLACES, st.lists(EVENTS, min_size=15, max_size=60), st.lists(st.booleans(), min_size=60, max_size=60))
def test_nor_is_it_among_others(where: str, events: list[tuple[Any, ...]], busy: list[bool]) -> None:
    made = Made(where)
    draining = Draining("shop", 1, made.look(), NAME)
    for event, made.busy in zip(events, busy, strict=False):
        made.known += made.busy
        happen(made, draining, *event)


def test_what_a_worker_holds_at_the_first_look_may_go_back_behind_the_counts() -> None:
    for name in (None, NAME):
        made = Made("worker")
        made.work_tells()
        draining = Draining("shop", 1, made.look(), name)
        for _ in range(3):
            made.count("first"), made.tell("first")
            made.count("second"), made.tell("second")
            assert draining.left(made.look())
        made.move("outbox")
        for _ in range(3):
            made.work_tells()
            assert draining.left(made.look())


def test_a_worker_that_has_no_handler_for_it_may_have_it() -> None:
    made = Made("outbox")
    draining = Draining("shop", 1, made.look(), NAME)
    made.where = "worker"
    made.others += 1
    made.all_go_on()
    assert draining.left(made.look())


def test_others_may_come_and_go() -> None:
    made = Made("gone")
    draining = Draining("shop", 1, made.look(), NAME)
    for number in range(9):
        made.busy, made.known = number != 5, number
        made.all_go_on()
        left = draining.left(made.look())
        assert bool(left) == (number < 6), (number, left)


def go_round(made: Made, draining: Draining, times: int) -> list[str]:
    left: list[str] = []
    for _ in range(times):
        made.all_go_on()
        left = draining.left(made.look())
    return left


@settings(max_examples=200, deadline=None)
@given(PLACES, st.lists(EVENTS, max_size=40))
def test_when_it_is_gone_that_is_seen(where: str, events: list[tuple[Any, ...]]) -> None:
    made = Made(where)
    draining = Draining("shop", 1, made.look())
    for event in events:
        happen(made, draining, *event)
    made.where = "gone"
    assert go_round(made, draining, 8) == []


def test_one_look_is_not_enough() -> None:
    made = Made("gone")
    world = made.look()
    draining = Draining("shop", 1, world)
    assert draining.left(world) == ["nothing found, until shop has counted its outbox twice"]
    assert draining.left(made.look()) == draining.left(world), "nor are two, when nobody said anything"


def test_what_was_counted_before_the_first_look_and_told_after_it_says_nothing() -> None:
    made = Made("worker")
    made.count("first")
    made.count("second")
    made.move("outbox")
    made.work_tells()
    draining = Draining("shop", 1, made.look())
    assert draining.left(made.look())
    made.tell("first")
    made.tell("second")
    for _ in range(3):
        made.work_tells()
        assert draining.left(made.look())


def test_a_worker_that_says_nothing_more_is_waited_for() -> None:
    made = Made("gone")
    draining = Draining("shop", 1, made.look())
    for _ in range(9):
        made.first_relay_goes_on()
        left = draining.left(made.look())
    assert left == ["nothing found, until each worker says so too"]
    made.work_tells()
    assert draining.left(made.look()) == []


def test_who_sends_it_keeps_it_from_being_drained() -> None:
    made = Made("gone")
    sender = Manifest(
        service="till", build="7", takes=(), sends=(Entry(name=NAME, version=1, writer={}, reader={}),)
    )
    world = made.look()
    draining = Draining("shop", 1, world)
    assert draining.left(World(world.live, (SHOP, sender), world.queues)) == [
        f"till 7 lives and sends {NAME} v1"
    ]


@pytest.mark.parametrize(
    ("service", "major", "text"),
    [
        ("shop", 2, "no live build of shop takes anything of v2: they take shop.pack v1"),
        ("till", 1, "no live build of till takes anything of v1: no process of till is live"),
    ],
)
def test_what_nobody_takes_cannot_be_drained(service: str, major: int, text: str) -> None:
    with pytest.raises(Refused, match=text):
        Draining(service, major, Made().look())
