"""Places of steps, and the ids that follow from them: the same whenever it is built of the same facts."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from mesh.canvas.nodes import Canvas, Chord, Group, Part, Step


class Placed(NamedTuple):
    """A step, and which message it is."""

    id: UUID
    name: str
    place: str


def steps(canvas: Canvas | Step, *, id: UUID) -> Iterator[Placed]:
    """Every step but those that are linked, with the id that its message has in the canvas of this `id`."""
    for place, found in _placed(whole(canvas).parts, ""):
        yield Placed(step_id(id, place, found), found.contract.name, place)


def step_id(canvas: UUID, place: str, step: Step) -> UUID:
    """The id of a step's message, whenever it is sent."""
    return uuid5(canvas, f"{place} {step.contract.name}")


def whole(canvas: Canvas | Step) -> Canvas:
    return Canvas((canvas,)) if isinstance(canvas, Step) else canvas


def _placed(parts: Sequence[Part], place: str) -> Iterator[tuple[str, Step]]:
    for number, part in enumerate(parts):
        here = at(place, part, number)
        if isinstance(part, Step):
            yield here, part
            continue
        header = part if isinstance(part, Group) else part.header
        for index, inner in enumerate(header.parts):
            yield from _placed(inner.parts, inside(here, header, index))
        if isinstance(part, Chord):
            yield f"{here}.body", part.body


def at(place: str, part: Part, number: int) -> str:
    key = part.key if isinstance(part, Step) and part.apart else None
    return f"{place}.{key or number}".removeprefix(".")


def inside(place: str, header: Group, index: int) -> str:
    """Of one part of a group. A step of a spread is the same in whatever lane it lies."""
    if header.spread:
        return place
    begun = header.parts[index].parts[0]
    return f"{place}[{(isinstance(begun, Step) and begun.key) or index}]"
