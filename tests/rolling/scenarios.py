"""The rolls: which processes get which build, in which order."""

from dataclasses import dataclass

from rolling.builds import SERVICES, Recipe
from rolling.changes import BEFORE, BOTH_NAMES, FIELD, MAJOR, MESSAGE, RENAMED, Change
from rolling.fleet import SLOTS, How, Slot

CONSUMERS = ("emails", "reports")
PRODUCERS = ("orders",)
BOTH: tuple[How, ...] = ("SIGTERM", "SIGKILL")
STEADY = 25.0
"""Orders per second, as one service after the other is deployed."""
BUSY = 60.0
"""The same where something narrow is looked for: so much that every process is always at something."""


@dataclass(frozen=True)
class Wave:
    """What is replaced at the same time."""

    to: int
    """The number of the recipe that they get."""
    services: tuple[str, ...] = SERVICES
    numbers: tuple[int, ...] = (0, 1)
    """Which of each two processes; the relay is the second. None: only the databases and queues of that
    build are made, as its `migrate` does it."""

    def slots(self) -> list[Slot]:
        return [slot for slot in SLOTS if slot.service in self.services and slot.number in self.numbers]


@dataclass(frozen=True)
class Scenario:
    """One roll."""

    name: str
    recipes: tuple[Recipe, ...]
    waves: tuple[Wave, ...]
    hows: tuple[How, ...] = BOTH
    rate: float = STEADY
    about: str = ""


def _halves(services: tuple[str, ...], to: int) -> tuple[Wave, ...]:
    """One of each two processes, then the other."""
    return Wave(to, services, (0,)), Wave(to, services, (1,))


def _consumers_first(to: int) -> tuple[Wave, ...]:
    return *_halves(CONSUMERS, to), *_halves(PRODUCERS, to)


def _producers_first(to: int) -> tuple[Wave, ...]:
    return *_halves(PRODUCERS, to), *_halves(CONSUMERS, to)


def _recipes(*changes: Change, without: tuple[str, ...] = ()) -> tuple[Recipe, ...]:
    return tuple(Recipe(change, without) for change in changes)


_STORM = tuple(Wave(0, numbers=(number,)) for number in (0, 1) * 4)

SCENARIOS = (
    Scenario(
        "consumers first",
        _recipes(BEFORE, FIELD),
        _consumers_first(1),
        about="A field is added. emails and reports, then orders.",
    ),
    Scenario(
        "producers first",
        _recipes(BEFORE, FIELD),
        _producers_first(1),
        about="The same field. orders, then emails and reports.",
    ),
    Scenario(
        "both at once",
        _recipes(BEFORE, FIELD),
        (Wave(1),),
        about="The same field. Every process of all services ends at the same time.",
    ),
    Scenario(
        "half-way and back",
        _recipes(BEFORE, FIELD),
        (Wave(1, numbers=(0,)), Wave(0, numbers=(0,))),
        about="The same field. One of each two processes is new for a while, beside the other.",
    ),
    Scenario(
        "a renamed field",
        _recipes(BEFORE, BOTH_NAMES, RENAMED),
        (*_producers_first(1), *_producers_first(2)),
        about="In two revisions, as the page has it; each in the order that looks worse.",
    ),
    Scenario(
        "two versions at a time",
        _recipes(BEFORE, BOTH_NAMES, RENAMED),
        _consumers_first(2),
        about="The same rename, and the revision between is left out: consumers first, as the checker says.",
    ),
    Scenario(
        "a new major",
        _recipes(BEFORE, MAJOR),
        _producers_first(1),
        about="`orders.order_placed` v2. orders, then its listeners, who have not been told.",
    ),
    Scenario(
        "a new message type",
        _recipes(BEFORE, MESSAGE),
        _producers_first(1),
        about="A command to emails. orders sends it while old workers of emails take it from their queue.",
    ),
    Scenario(
        "again and again",
        _recipes(BEFORE),
        _STORM,
        ("SIGKILL",),
        BUSY,
        about="No new build: half of all processes are killed, eight times, under more than twice the load.",
    ),
)

WEAKENED = (
    Scenario(
        "a new message type",
        (Recipe(BEFORE, ("parking",)), Recipe(MESSAGE, ("parking",))),
        _producers_first(1),
        ("SIGTERM",),
        about="Without parking: what a build does not understand is acknowledged and dropped.",
    ),
    Scenario(
        "again and again",
        _recipes(BEFORE, without=("inbox",)),
        _STORM,
        ("SIGKILL",),
        BUSY,
        about="Without inbox: every delivery counts as the first.",
    ),
    Scenario(
        "again and again",
        _recipes(BEFORE, without=("outbox",)),
        _STORM,
        ("SIGKILL",),
        BUSY,
        about="Without outbox: each process publishes what it has to say by itself, right after its commit.",
    ),
    Scenario(
        "a new major",
        _recipes(BEFORE, MAJOR, without=("queues",)),
        _producers_first(1),
        ("SIGTERM",),
        about="Without versioned queues: all majors in one queue; old workers park what is not theirs.",
    ),
    Scenario(
        "a new major",
        _recipes(BEFORE, MAJOR, without=("queues", "parking")),
        _producers_first(1),
        ("SIGTERM",),
        about="Without versioned queues and without parking.",
    ),
)
