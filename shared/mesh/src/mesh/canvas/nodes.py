"""What a canvas is made of, all of it frozen: parts, one after the other.

They are steps, groups whose parts go side by side, and chords, which are a group and the step that takes its
replies.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from contracts import Contract, Value
from contracts.canvas import Failed
from mesh.canvas import fitting
from mesh.errors import DoesNotFit, UnknownLane


class _Failure(Value):
    """What a step gets that is told of a failure."""

    failed: Failed


@dataclass(frozen=True)
class Step:
    """One message, of which fields may be missing that a reply brings."""

    contract: Contract
    known: Mapping[str, Any]
    """JSON: the fields that were given, and the defaults of others."""
    given: frozenset[str]
    """Names of those that were given: no reply changes them."""
    lane: str | None = None
    key: str | None = None
    alone: bool = False
    apart: bool = False
    """In a lane of a spread."""
    links: tuple["Step", ...] = ()
    errors: tuple["Step", ...] = ()

    def in_lane(self, lane: str) -> Self:
        """It travels there. Raises UnknownLane."""
        if lane not in self.contract.lanes:
            there_are = ", ".join(self.contract.lanes) or "none"
            raise UnknownLane(f"{self} has no lane {lane!r}: there are {there_are}")
        return replace(self, lane=lane)

    def keyed(self, key: str) -> Self:
        """Among the parts of its group it is known by this, not by its number: for parts that may come in
        another order, or with others between, when the canvas is put again."""
        return replace(self, key=key)

    def immutable(self) -> Self:
        """It takes nothing of what came before."""
        return replace(self, alone=True)

    def link(self, then: "Step") -> Self:
        """Once it is handled, `then` is sent too, with its reply; nobody waits for that."""
        fitting.refuse_misfit(self, self.contract.replies, then)
        return replace(self, links=(*self.links, then))

    def link_error(self, told: "Step") -> Self:
        """If it is not handled, `told` is sent: its message has a field `failed: contracts.canvas.Failed`."""
        fitting.refuse_misfit(f"the failure of {self}", _Failure, told)
        return replace(self, errors=(*self.errors, told))

    def data(self, brought: Iterable[str]) -> dict[str, Any]:
        """What is known of its message where a reply brings these fields."""
        others = frozenset(brought) - self.given
        return {name: value for name, value in self.known.items() if name not in others}

    def __str__(self) -> str:
        return str(self.contract)


@dataclass(frozen=True)
class Group:
    """Parts that go side by side."""

    parts: tuple["Canvas", ...]
    spread: bool = False
    """Its parts are lanes: steps that know nothing of each other, and each is tried whatever became of those
    before it."""


@dataclass(frozen=True)
class Chord:
    """A group, and the step that follows all of it."""

    header: Group
    body: Step


Part = Step | Group | Chord


@dataclass(frozen=True)
class Canvas:
    """Parts, one after the other. A group is the last of them, if it is one."""

    parts: tuple[Part, ...]

    def link(self, then: Step) -> "Canvas":
        """Once its last step is handled, `then` is sent too, with its reply."""
        *before, last = self.parts
        if isinstance(last, Group):
            raise DoesNotFit(f"{then} would not follow all of a group: write chord(group, {then}) for that")
        linked = last.link(then) if isinstance(last, Step) else replace(last, body=last.body.link(then))
        return Canvas((*before, linked))

    def link_error(self, told: Step) -> "Canvas":
        """If one of its steps is not handled, `told` is sent: for each that is not, once for each time that
        the canvas is put."""
        return Canvas(tuple(_told(part, told) for part in self.parts))


Node = Step | Canvas


def first(node: Canvas) -> Iterator[Step]:
    """The steps that it begins with."""
    match node.parts[0]:
        case Step() as found:
            yield found
        case Group(parts) | Chord(Group(parts), _):
            for part in parts:
                yield from first(part)


def all_steps(node: Canvas) -> Iterator[Step]:
    """Every step, also those that are linked."""
    for part in node.parts:
        if isinstance(part, Step):
            yield from (part, *part.links, *part.errors)
            continue
        header = part if isinstance(part, Group) else part.header
        for inner in header.parts:
            yield from all_steps(inner)
        if isinstance(part, Chord):
            yield from all_steps(Canvas((part.body,)))


def replies_of(part: Group) -> tuple[type[Value] | None, ...]:
    """What each of its parts replies; of a spread's nothing is carried on."""
    if part.spread:
        return (None,)
    return tuple(last_of(inner.parts[-1])[1] for inner in part.parts)


def last_of(part: Part) -> tuple[Step, type[Value] | None]:
    """Who replies in the end, and what."""
    if isinstance(part, Chord):
        part = part.body
    assert isinstance(part, Step), "a group is followed by a step of a chord"
    return part, part.contract.replies


def _told(part: Part, told: Step) -> Part:
    match part:
        case Step():
            return part.link_error(told)
        case Chord(header, body):
            return Chord(_told_of(header, told), body.link_error(told))
        case Group():
            return _told_of(part, told)


def _told_of(part: Group, told: Step) -> Group:
    return replace(part, parts=tuple(inner.link_error(told) for inner in part.parts))
