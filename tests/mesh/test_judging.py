"""May a build be deployed? Judged over small manifests, and a world that is made up."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from contracts.schemas import KIND
from contracts.verdicts import Pair
from mesh.backlog import Backlog, Waiting
from mesh.depths import UNKNOWN, Depth
from mesh.leases import Live
from mesh.manifest import Entry, Manifest, Taken
from mesh.operating.deploy import _planned
from mesh.operating.judging import Finding, Verdict, judged, may, rolled_back
from mesh.operating.world import World

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "shop.sold"


class Sold(BaseModel):
    number: int


class Priced(BaseModel):
    number: int
    price: int


class Discounted(BaseModel):
    number: int
    discount: int = 0


def schemas(shape: type[BaseModel]) -> dict[str, Any]:
    return Pair.of(shape)._asdict()


def sent(shape: type[BaseModel] = Sold, version: int = 1) -> Entry:
    return Entry(name=NAME, version=version, **schemas(shape))


def kind(said: str) -> Entry:
    entry = sent()
    return entry.model_copy(update={"writer": {**entry.writer, KIND: said}})


def taken(shape: type[BaseModel] = Sold, version: int = 1, **rest: Any) -> Taken:
    return Taken(name=NAME, version=version, **schemas(shape), **rest)


def shop(build: str = "1", *entries: Entry) -> Manifest:
    """Announces what it has sold."""
    return Manifest(service="shop", build=build, takes=(), sends=entries or (sent(),))


def books(build: str = "1", *takes: Taken) -> Manifest:
    """Listens to it."""
    return Manifest(service="books", build=build, takes=takes or (taken(),), sends=())


def alive(build: Manifest, role: str = "worker", **rest: Any) -> Live:
    queues = tuple({q for t in build.takes for q in t.queues(build.service)}) if role == "worker" else ()
    said = {"instance": f"{build} {role}", "role": role, "state": "ready", "since": NOW, "queues": queues}
    return Live(manifest=build, **{**said, **rest})


def backlog(outbox: int = 0, dead: int = 0, version: int = 1, **rest: Any) -> Backlog:
    def of_it(messages: int) -> tuple[Waiting, ...]:
        told = {"name": NAME, "version": version, "since": NOW}
        return (Waiting(messages=messages, **told),) if messages else ()

    return Backlog(**{"counted_at": NOW, "outbox": of_it(outbox), "dead_letters": of_it(dead), **rest})


def world(*builds: Manifest, waiting: dict[str, Backlog | None] | None = None, **rest: Any) -> World:
    """These builds live, each with a worker and a relay; nothing lies anywhere but what is said."""
    waiting = waiting or {}
    workers = (alive(build) for build in builds)
    relays = (alive(b, "relay", backlog=waiting.get(b.service, backlog())) for b in builds)
    queues = {f"{service}.v{major}": Depth(0, 1) for service in ("shop", "books") for major in (1, 2)}
    return World((*workers, *relays), builds, **{**rest, "queues": queues | rest.get("queues", {})})


def verdicts(findings: list[Finding]) -> set[Verdict]:
    return {found.verdict for found in findings}


def worst(findings: list[Finding]) -> Finding:
    return max(findings, key=lambda found: found.verdict)


def test_the_same_again_is_safe() -> None:
    for again in (shop("2"), books("2")):
        found = judged(again, world(shop(), books()))
        assert verdicts(found) == {Verdict.SAFE}
        assert may(found)


def test_a_reader_of_what_is_not_written_yet_comes_after_its_sender() -> None:
    found = judged(books("2", taken(Priced)), world(shop(), books()))
    assert not may(found)
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "shop")
    assert "price" in worst(found).why


def test_a_field_that_older_readers_need_is_not_left_out() -> None:
    readers = world(shop("1", sent(Priced)), books("1", taken(Priced)))
    found = judged(shop("2", sent(Sold)), readers)
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "books")
    assert may(judged(books("2", taken(Discounted)), readers))


def test_a_new_version_waits_for_somebody_who_takes_it() -> None:
    found = judged(shop("2", sent(), sent(Priced, 2)), world(shop(), books()))
    assert may(found)
    assert (worst(found).verdict, worst(found).first) == (Verdict.WAITS, "books")
    assert "books takes v1: it waits for a build that takes v2" in worst(found).why


def test_a_version_that_nobody_takes_any_more_is_not_sent_again() -> None:
    found = judged(shop("1"), world(V2, books("3", taken(Priced, 2))))
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "books")
    assert worst(found).why == "books takes v2, and v1 no more"


def test_an_event_that_nobody_listens_to_holds_nothing_up() -> None:
    found = judged(shop("2", kind("event")), world(shop()))
    assert worst(found).verdict is Verdict.SAFE
    assert "mesh.unrouted" in worst(found).why


def test_a_command_that_nobody_takes_waits() -> None:
    found = judged(shop("2", kind("command")), world(shop()))
    assert may(found)
    assert (worst(found).verdict, worst(found).first) == (Verdict.WAITS, "")
    assert "it waits in its queue" in worst(found).why


def test_a_build_that_takes_what_it_sends_waits_for_nobody() -> None:
    own = Manifest(service="shop", build="2", takes=(taken(),), sends=(sent(),))
    assert verdicts(judged(own, world(shop(), books()))) == {Verdict.SAFE}


def test_what_is_still_sent_is_not_given_up() -> None:
    found = judged(books("2", taken(Priced, 2)), world(shop(), books()))
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "shop")
    assert worst(found).why == "shop 1 sends it, and nobody would take it"


def test_nor_is_what_the_build_sends_to_itself() -> None:
    both = Manifest(service="shop", build="1", takes=(taken(),), sends=())
    found = judged(shop("2"), world(both))
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "shop")


V2 = shop("2", sent(Priced, 2))
"""Sends version 1 no more."""
BOTH = books("2", taken(), taken(Priced, 2))
ONLY_V2 = books("3", taken(Priced, 2))

LYING: dict[str, tuple[dict[str, Any], str]] = {
    "queue": ({"queues": {"books.v1": Depth(3, 1)}}, "3 in books.v1"),
    "outbox": ({"waiting": {"shop": backlog(outbox=3)}}, "3 in the outbox of shop"),
    "own outbox": ({"waiting": {"books": backlog(outbox=3)}}, "3 in the outbox of books"),
    "dead letters": ({"waiting": {"books": backlog(dead=3)}}, "3 in the dead letters of books"),
    "delays": ({"delayed": Counter({"books.v1": 3})}, "3 in delays for books.v1"),
    "unrouted": ({"aside": {"mesh.unrouted": Counter({f"{NAME} v1": 3})}}, "3 in mesh.unrouted"),
}


@pytest.mark.parametrize("place", LYING)
def test_what_still_lies_somewhere_is_not_given_up(place: str) -> None:
    rest, told = LYING[place]
    found = judged(ONLY_V2, world(V2, BOTH, **rest))
    assert not may(found)
    assert worst(found).verdict is Verdict.BREAKS
    assert told in worst(found).why
    assert worst(found).first == "mesh deploy drained books --major 1 --message shop.sold"


def test_what_a_worker_holds_lies_in_its_queue() -> None:
    at_work = world(V2, BOTH)
    held = alive(BOTH, held={"books.v1": 2})
    found = judged(ONLY_V2, World((*at_work.live[1:], held), at_work.builds, at_work.queues))
    assert "2 in books.v1" in worst(found).why


def test_what_lies_nowhere_may_be_given_up() -> None:
    other = {"queues": {"books.v2": Depth(9, 1)}, "waiting": {"shop": backlog(outbox=9, version=2)}}
    found = judged(ONLY_V2, world(V2, BOTH, **other))
    assert may(found)
    assert "none lies anywhere" in found[-1].why


UNSEEN: dict[str, Callable[[], World]] = {
    "no relay of the owner": lambda: world(V2, BOTH, waiting={"shop": None}),
    "no relay of its own": lambda: world(V2, BOTH, waiting={"books": None}),
    "a bystander without relay": lambda: world(
        V2, BOTH, Manifest(service="till", build="1", takes=(), sends=()), waiting={"till": None}
    ),
    "consumers that say nothing": lambda: world(V2, BOTH, queues={"books.v1": Depth(0, 2)}),
    "delays of RabbitMQ": lambda: world(V2, BOTH, delayed=Counter({UNKNOWN: 1})),
    "a queue that was not looked at": lambda: World(world(V2, BOTH).live, (V2, BOTH)),
}


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_cannot_be_known_speaks_against(unseen: str) -> None:
    found = judged(ONLY_V2, UNSEEN[unseen]())
    assert not may(found)
    assert worst(found).verdict is Verdict.UNKNOWN


def test_of_two_relays_the_one_that_counted_last_is_believed() -> None:
    there = world(V2, BOTH)
    later = backlog(outbox=1, counted_at=NOW.replace(second=1))
    for others in ([later, backlog()], [backlog(), later]):
        relays = [alive(V2, "relay", backlog=b, instance=str(n)) for n, b in enumerate(others)]
        found = judged(ONLY_V2, World((*there.live[:2], *relays, there.live[3]), there.builds, there.queues))
        assert "1 in the outbox of shop" in worst(found).why


def test_revisions_that_a_build_may_not_read_are_looked_for() -> None:
    narrow = books("2", taken(unread=("shop.sold v1 r1",)))
    assert may(judged(narrow, world(shop(), books())))
    found = judged(narrow, world(shop(), books(), queues={"books.v1": Depth(1, 1)}))
    assert not may(found)
    assert "it may not read what is of shop.sold v1 r1; 1 in books.v1" in worst(found).why


def test_an_older_build_does_not_read_what_was_written_since() -> None:
    """Also where the sender has gone back already."""
    now = world(shop(), books("2", taken(Sold)), queues={"books.v1": Depth(1, 1)})
    found = judged(books("1", taken(Priced)), now)
    assert any("the messages that books 2 knows; 1 in books.v1" in f.why for f in found)
    assert not may(found)


def test_back_again_what_comes_meanwhile_waits() -> None:
    found = rolled_back(BOTH, books(), world(shop(), books(), queues={"books.v2": Depth(0, 0)}))
    assert may(found)
    assert [f.what for f in found if f.verdict is Verdict.WAITS] == ["shop.sold v2 to books 1"]


def test_back_again_comes_after_the_sender_of_what_is_new() -> None:
    found = rolled_back(BOTH, books(), world(V2, books()))
    assert not may(found)
    assert (worst(found).verdict, worst(found).first) == (Verdict.BREAKS, "shop")


def test_a_database_that_went_on_is_for_a_person_to_judge() -> None:
    there = world(shop(), books())
    migrated = books("2").model_copy(update={"database": ("books_0002",)})
    back = books("1").model_copy(update={"database": ("books_0001",)})
    found = rolled_back(migrated, back, there)
    assert may(found)
    assert (worst(found).verdict, worst(found).what) == (Verdict.UNJUDGED, "the database of books")
    assert "books_0002" in worst(found).why
    assert "books_0001" in worst(found).why


def order(*wanted: Manifest, among: World) -> list[str]:
    return [step.what for step in _planned(wanted, among)]


def test_several_are_put_in_an_order_in_which_each_may_go() -> None:
    writer, reader = shop("2", sent(Priced)), books("2", taken(Priced))
    for wanted in ([writer, reader], [reader, writer]):
        said = order(*wanted, among=world(shop(), books()))
        assert said == ["shop 2: may be deployed", "books 2: may be deployed"]


def test_what_a_step_leaves_under_way_is_handled_before_the_next() -> None:
    there = world(V2, BOTH)
    back, _ = steps = list(_planned([books(), shop()], there))
    assert [step.what for step in steps] == ["shop 1: may be deployed", "books 1: may be deployed"]
    assert not [found for found in back.findings if found.first.startswith("mesh deploy drained")]
    [waiting] = [found for found in steps[1].findings if found.verdict is Verdict.WAITS]
    assert waiting.what == "shop.sold v2 to books 1"
    assert waiting.why == "shop 2 sends it until it is replaced, and then some may be under way"
    assert waiting.first == "mesh deploy drained books --major 2 --message shop.sold"


def test_nor_may_the_next_read_less_of_a_version_than_what_is_under_way() -> None:
    _, reader = _planned([shop("2", sent(Priced)), books("2", taken(Priced))], world(shop(), books()))
    assert "mesh deploy drained books --major 1 --message shop.sold" in [
        found.first for found in reader.findings
    ]


def test_who_takes_comes_before_who_sends() -> None:
    for wanted in ([V2, BOTH], [BOTH, V2]):
        said = order(*wanted, among=world(shop(), books()))
        assert said == ["books 2: may be deployed", "shop 2: may be deployed"]


def test_what_may_not_go_in_any_order_is_told_and_ends_nothing() -> None:
    said = order(books("2", taken(Priced)), among=world(shop(), books()))
    assert said == ["books 2: may NOT be deployed"]
