"""Putting a canvas together. What does not fit is refused here, where a traceback shows who wrote it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, overload

from pydantic import ValidationError, create_model

from contracts import Contract, Message, Value, contract_of
from contracts.errors import explain
from mesh.canvas import fitting
from mesh.canvas.nodes import Canvas, Chord, Group, Node, Part, Step, first, last_of, replies_of
from mesh.errors import DoesNotFit


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
            who, reply = last_of(parts[-1])
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
    after the other. They know nothing of each other, and their replies are for nobody: what follows finds in
    its database what they did. Each is tried, also if one before it is a dead letter.

    A lane travels whole, so that a few hundred steps are what fits: `put` says so.
    """
    found = [_of_lane(one, number) for number, one in enumerate(steps)]
    if not found or at_once < 1:
        raise DoesNotFit(f"{len(found)} steps, {at_once} at once: a spread has one at the least")
    lanes = (Canvas(tuple(found[first::at_once])) for first in range(min(at_once, len(found))))
    _refuse_twice(Canvas((one,)) for one in found)
    return Canvas((Group(tuple(lanes), spread=True),))


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


def _listed(node: Canvas) -> str:
    return " -> ".join(map(str, first(node)))


def _known(contract: Contract, fields: Mapping[str, Any]) -> dict[str, Any]:
    required = (name for name, info in contract.model.model_fields.items() if info.is_required())
    missing = tuple(name for name in required if name not in fields)
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
