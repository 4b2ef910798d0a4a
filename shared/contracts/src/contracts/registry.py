"""Which contracts there are: name and version to class, checked while they are defined.

What cannot work on the wire is refused here, at import, with what to do instead.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from contracts import plain
from contracts.compatibility import problems
from contracts.errors import UnknownContract, UnknownVersion
from contracts.message import Command, Event, Message, Value
from contracts.plain import Fault
from contracts.verdicts import Pair

M = TypeVar("M", bound=type[Message])

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_LANE = re.compile(r"[a-z][a-z0-9_]*")
DEFAULT_LANE = "default"
"""What operators call the lane that has no name."""

_by_name: dict[str, dict[int, type[Message]]] = {}
_by_class: dict[type[Message], "Contract"] = {}


@dataclass(frozen=True, slots=True)
class Contract:
    """The name on the wire, `<owner>.<message>`, for ever, and one version of it."""

    name: str
    version: int
    model: type[Message]
    lanes: tuple[str, ...] = ()
    """What it may travel in beside the default lane, which every message has and which has no name. One may
    be added to a released version; one is taken away when nothing lies in its queues any more."""
    replies: type[Value] | None = None
    """What its handler answers, for the next step of a canvas and for whoever waits. None: nothing."""

    @property
    def owner(self) -> str:
        """The service that obeys the command or announces the event."""
        return self.name.partition(".")[0]

    @property
    def is_command(self) -> bool:
        return issubclass(self.model, Command)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def contract(
    name: str, *, version: int, lanes: tuple[str, ...] = (), replies: type[Value] | None = None
) -> Callable[[M], M]:
    """Register the class below as this version of the contract `name`, which may travel in these `lanes`, and
    whose handler `replies` with that.

    Raises TypeError, at import, for what could not work later.
    """

    def register(model: M) -> M:
        entry = Contract(name, version, model, lanes, replies)
        _refuse_what_cannot_work(entry)
        _by_name.setdefault(name, {})[version] = model
        _by_class[model] = entry
        return model

    return register


def contract_of(model: type[Message]) -> Contract:
    """The contract that a class was registered as. Raises TypeError if it was not."""
    try:
        return _by_class[model]
    except KeyError:
        raise TypeError(f"{model.__name__} has no contract: decorate it with @contract") from None


def versions_of(name: str) -> dict[int, type[Message]]:
    """Every version of a contract that this build knows. Raises UnknownContract."""
    try:
        return _by_name[name]
    except KeyError:
        raise UnknownContract(f"{name}: no such contract in this build") from None


def model_of(name: str, version: int) -> type[Message]:
    """The class of one version. Raises UnknownContract or UnknownVersion."""
    versions = versions_of(name)
    try:
        return versions[version]
    except KeyError:
        known = ", ".join(f"v{v}" for v in sorted(versions))
        raise UnknownVersion(f"{name} v{version}: this build knows {known}") from None


def contracts() -> Iterator[Contract]:
    """Every contract of this build."""
    return iter(_by_class.values())


def _refuse_what_cannot_work(new: Contract) -> None:
    where = f"{new.model.__module__}.{new.model.__name__}"
    for wrong, remedy in _faults(new):
        if wrong:
            raise TypeError(f"{where}: {remedy}")


def _faults(new: Contract) -> Iterator[Fault]:
    """In the order in which they make sense to a reader."""
    known = _by_name.get(new.name, {})
    package, _, module = new.model.__module__.partition(".")
    yield not _NAME.fullmatch(new.name), f"name {new.name!r} is not '<owner>.<message>' in lower case"
    yield new.version < 1, "versions count from 1"
    yield not issubclass(new.model, (Command, Event)), "derive it from Command or Event"
    misplaced = package == "contracts" and module.partition(".")[0] != new.owner
    yield misplaced, f"move it to contracts/{new.owner}.py"
    yield from _faulty_lanes(new.lanes)
    yield new.version in known, f"{new} is taken: a released version never changes, add the next"
    yield from plain.faults(new.model)
    yield from _faulty_reply(new)
    if known:
        previous = known.get(new.version - 1)
        yield previous is None, f"v{new.version - 1} is missing: versions have no gaps"
        if previous is not None:
            name = previous.__name__
            yield "upcast" not in vars(previous), f"{name} needs upcast(), the way to v{new.version}"
            yield (
                issubclass(previous, Command) != issubclass(new.model, Command),
                f"{name} is not of the same kind: a command stays a command",
            )
            yield from _changed_reply(_by_class[previous].replies, new)


def _faulty_reply(new: Contract) -> Iterator[Fault]:
    found = new.replies
    if found is None:
        return
    value = isinstance(found, type) and issubclass(found, Value) and not issubclass(found, Message)
    remedy = "derive one, with the fields that the next step is to have"
    yield not value, f"replies={found!r} is no Value: {remedy}"
    yield not issubclass(new.model, Command), "nobody answers an event: drop replies="
    yield from plain.faults(found)


def _changed_reply(before: type[Value] | None, new: Contract) -> Iterator[Fault]:
    """Whoever sends an older version gets the newest one's reply: one handler obeys both."""
    if before is None:
        return
    remedy = f"who sends v{new.version - 1} waits for {before.__name__}: reply with what is read as that"
    yield new.replies is None, remedy
    if new.replies and (found := problems(Pair.of(new.replies), Pair.of(before))):
        yield True, f"{remedy} ({found[0].path}: {found[0].why})"


def _faulty_lanes(lanes: Any) -> Iterator[Fault]:
    if not isinstance(lanes, tuple):
        yield True, f"lanes is a tuple of names, such as ('bulk',), not {lanes!r}"
        return
    for lane in lanes:
        named = isinstance(lane, str) and _LANE.fullmatch(lane)
        yield not named, f"lane {lane!r} is no lower-case identifier"
        yield lane == DEFAULT_LANE, f"lane {lane!r}: every message has that one, and it has no name"
    yield len(set(lanes)) < len(lanes), f"lanes {lanes!r} has one of them twice"
