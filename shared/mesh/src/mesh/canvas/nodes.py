"""What a canvas is made of. It is checked as it is put together; all of it is frozen.

A canvas is parts, one after the other: steps, groups whose parts go side by side, and chords, which are a group
and the step that takes its replies.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self, overload

from pydantic import ValidationError, create_model

from contracts import Contract, Message, Value, contract_of
from contracts.canvas import Failed
from contracts.errors import explain
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
            raise UnknownLane(f"{self} has no lane {lane!r}: there are {', '.join(self.contract.lanes) or 'none'}")
        return replace(self, lane=lane)

    def keyed(self, key: str) -> Self:
        """Among the parts of its group it is known by this, not by its number: where what a canvas is built from
        may come in another order, or with others between, when it is put again."""
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
        """If one of its steps is not handled, `told` is sent: for each that is not, once for each time that the
        canvas is put."""
        return Canvas(tuple(_told(part, told) for part in self.parts))


Node = Step | Canvas


@overload
def step(message: Message, /) -> Step: ...
@overload
def step(message: type[Message], /, **fields: Any) -> Step: ...
def step(message: Message | type[Message], /, **fields: Any) -> Step:
    """One step: a message, or its class and the fields that no reply brings.

    Raises DoesNotFit for an event, and for fields that are not the message's or not of its types.
    """
    model = message if isinstance(message, type) else type(message)
    contract = contract_of(model)
    if not contract.is_command:
        raise DoesNotFit(f"{contract} is an event: a step is a command, which one service obeys")
    if isinstance(message, Message):
        return Step(contract, message.model_dump(mode="json"), frozenset(model.model_fields))
    return Step(contract, _known(contract, fields), frozenset(fields))


def chain(*nodes: Node) -> Canvas:
    """One after the other. Each gets what the one before it replies, and what follows a group its `replies`.

    Raises DoesNotFit.
    """
    parts: list[Part] = []
    for part in (part for node in nodes for part in _parts(node)):
        if parts and isinstance(parts[-1], Group):
            parts[-1] = _chord(parts[-1], part)
            continue
        if parts:
            who, reply = _last(parts[-1])
            _refuse_misfits(who, reply, part)
        parts.append(part)
    if not parts:
        raise DoesNotFit("a chain of nothing")
    return Canvas(tuple(parts))


def group(parts: Iterable[Node], /) -> Canvas:
    """Side by side. Raises DoesNotFit."""
    found = tuple(inner for node in parts for inner in _unrolled(node))
    if not found:
        raise DoesNotFit("a group of nothing would never end: leave it out")
    for part in found:
        if isinstance(part.parts[-1], Group):
            raise DoesNotFit(
                f"a part of a group, {_listed(part)}, ends as a group, and so with no reply of its own: "
                "put a step behind it that takes the replies"
            )
    _refuse_twice(found)
    return Canvas((Group(found),))


def chord(header: Node | Iterable[Node], body: Node, /) -> Canvas:
    """Side by side, and then `body`, whose first step gets `replies`, in their order. Raises DoesNotFit."""
    found = header if isinstance(header, Canvas) else group([header] if isinstance(header, Step) else header)
    return chain(found if isinstance(found.parts[-1], Group) else group([found]), body)


def spread(steps: Iterable[Step], /, *, at_once: int = 8) -> Canvas:
    """Any number of steps of which `at_once` are under way at a time: as many lanes, in each of them one step
    after the other. They know nothing of each other, and their replies are for nobody: what follows them finds
    in its database what they did. Each is tried, also if one before it is a dead letter.

    A lane travels whole, so that a few hundred steps are what fits: `put` says so.
    """
    found = [_of_lane(one, number) for number, one in enumerate(steps)]
    if not found or at_once < 1:
        raise DoesNotFit(f"{len(found)} steps, {at_once} at once: a spread has one at the least")
    lanes = (Canvas(tuple(found[first::at_once])) for first in range(min(at_once, len(found))))
    _refuse_twice(Canvas((one,)) for one in found)
    return Canvas((Group(tuple(lanes), spread=True),))


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
    return tuple(_last(inner.parts[-1])[1] for inner in part.parts)


def _last(part: Part) -> tuple[Step, type[Value] | None]:
    """Who replies in the end, and what."""
    if isinstance(part, Chord):
        part = part.body
    assert isinstance(part, Step), "a group is followed by a step of a chord"
    return part, part.contract.replies


def _chord(header: Group, body: Part) -> Chord:
    if not isinstance(body, Step):
        raise DoesNotFit("a group stands behind a group: put a step between them that takes the replies")
    replies = replies_of(header)
    if not any(replies):  # nothing to take, and of a spread not even the count
        body = body.immutable()
    who = f"a group of {_listed(header.parts[0])}" + (" and others" if len(header.parts) > 1 else "")
    fitting.refuse_misfit(who, fitting.of_group(replies), body)
    return Chord(header, body)


def _refuse_misfits(who: Step, reply: type[Value] | None, part: Part) -> None:
    for begun in first(Canvas((part,))):
        fitting.refuse_misfit(who, reply, begun)


def _parts(node: Node) -> tuple[Part, ...]:
    return (node,) if isinstance(node, Step) else node.parts


def _unrolled(node: Node) -> Iterator[Canvas]:
    """Groups within a group are parts of that."""
    if isinstance(node, Canvas) and len(node.parts) == 1 and isinstance(node.parts[0], Group):
        yield from node.parts[0].parts
    else:
        yield Canvas(_parts(node))


def _of_lane(one: Step, number: int) -> Step:
    fitting.refuse_misfit("a spread", None, one)
    return replace(one, alone=True, apart=True, key=one.key or f"#{number}")


def _refuse_twice(parts: Iterable[Canvas]) -> None:
    seen: set[str] = set()
    for key in (begun.key for part in parts if isinstance(begun := part.parts[0], Step)):
        if key and key in seen:
            raise DoesNotFit(f"two parts of a group are keyed {key!r}: they would be taken for one")
        seen |= {key or ""}


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


def _listed(node: Canvas) -> str:
    return " -> ".join(map(str, first(node)))


def _known(contract: Contract, fields: Mapping[str, Any]) -> dict[str, Any]:
    missing = tuple(n for n, info in contract.model.model_fields.items() if info.is_required() and n not in fields)
    try:
        made = _partial(contract.model, missing).model_validate(fields)
    except ValidationError as error:
        raise DoesNotFit(f"{contract}: {explain(error)}") from None
    return made.model_dump(mode="json", exclude=set(missing))


@lru_cache(maxsize=256)  # a canvas has many steps of few kinds
def _partial(model: type[Message], missing: tuple[str, ...]) -> type[Message]:
    """The same without the need for these."""
    left_out: Any = dict.fromkeys(missing, (Any, None))
    return create_model(model.__name__, __base__=model, __module__=model.__module__, **left_out)
