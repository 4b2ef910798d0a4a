"""A canvas as messages: those that begin it, each with what follows it, as Celery's protocol has that.

A step that follows is a *signature*, a dictionary that Celery's workers send on with the reply before its
arguments. Its envelope is short: what its worker knows from the headers is not in it (`mesh.wire`).

Ids follow from the canvas's and the step's place, so that a step that is sent again is the same message. What
counts a group's parts has an id of each *sending*: the count of an earlier one, with failures in it, does not
matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from contracts import Envelope, Producer
from contracts.canvas import Failed
from mesh import wire
from mesh.agreed import failure_id
from mesh.canvas.fitting import Reply, brought, of_group
from mesh.canvas.nodes import Canvas, Chord, Group, Part, Step, replies_of
from mesh.canvas.places import at, inside, step_id, whole
from mesh.outbox import Outgoing
from mesh.topology import routing_key

Signature = dict[str, Any]
UNREACHED = "a part of the group before it was not handled"


class _Counted(NamedTuple):
    """Where the end of a group's part counts."""

    group: str
    place: int
    parts: int
    body: Signature


@dataclass(frozen=True)
class Sending:
    """One time that a canvas is sent."""

    canvas: UUID
    id: UUID
    producer: Producer
    sent_at: datetime
    expires: datetime | None
    traceparent: str | None
    cause: UUID | None
    _heads: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By name of the message: what all short envelopes of that kind begin with."""

    def messages(self, canvas: Canvas | Step) -> Iterator[Outgoing]:
        """Those that begin it."""
        return self._messages(whole(canvas).parts, "", None)

    def _messages(self, parts: Sequence[Part], place: str, end: _Counted | None) -> Iterator[Outgoing]:
        begun, here = parts[0], at(place, parts[0], 0)
        rest = self._following(parts, place, end)
        own_end = None if rest else end
        match begun:
            case Step():
                yield self._message(begun, here, rest, own_end)
            case Group():
                for index, inner in enumerate(begun.parts):
                    yield from self._messages(inner.parts, inside(here, begun, index), None)
            case Chord(header, _):
                body = self._body(begun, here, own_end)
                if rest:
                    body["options"]["chain"] = rest
                for index, inner in enumerate(header.parts):
                    count = _Counted(self._group_id(here), index, len(header.parts), body)
                    yield from self._messages(inner.parts, inside(here, header, index), count)

    def _following(self, parts: Sequence[Part], place: str, end: _Counted | None) -> list[Signature]:
        """What comes after the first part, the last of it first, as Celery has it."""
        found = []
        for number, part in enumerate(parts[1:], 1):
            last_end = end if number == len(parts) - 1 else None
            signed = self._signature(part, at(place, part, number), _reply(parts[number - 1]), last_end)
            if isinstance(part, Step) and part.apart:
                signed["options"].pop("link_error", None)  # handed on from step to step: a lane is long
            found.append(signed)
        return found[::-1]

    def _signature(self, part: Part, place: str, reply: Reply, end: _Counted | None) -> Signature:
        match part:
            case Step():
                return self._of_step(part, place, reply, end)
            case Group():
                inner = [
                    self._of_chain(one.parts, inside(place, part, index), reply)
                    for index, one in enumerate(part.parts)
                ]
                return _signed("celery.group", {"tasks": inner}, "group", task_id=self._group_id(place))
            case Chord(header, _):
                body = self._body(part, place, end)
                return _signed(
                    "celery.chord",
                    {"kwargs": {}, "header": self._signature(header, place, reply, None), "body": body},
                    "chord",
                )

    def _of_chain(self, parts: Sequence[Part], place: str, reply: Reply) -> Signature:
        begun = self._signature(parts[0], at(place, parts[0], 0), reply, None)
        if len(parts) == 1:
            return begun
        following = self._following(parts, place, None)[::-1]
        return _signed("celery.chain", {"tasks": [begun, *following]}, "chain")

    def _body(self, part: Chord, place: str, end: _Counted | None) -> Signature:
        replies = of_group(replies_of(part.header))
        found = self._of_step(part.body, f"{place}.body", replies, end)
        found["options"]["root_id"] = str(self.canvas)
        return found

    def _of_step(self, step: Step, place: str, reply: Reply, end: _Counted | None) -> Signature:
        id = step_id(self.canvas, place, step)
        taken = () if step.alone else brought(reply)
        found = _signed(step.contract.name, {}, None, task_id=str(id), headers=self._headers(step, end))
        found |= {"args": [self._short(step, id, taken)], "immutable": step.alone}
        if end:
            found["options"] |= {"group_id": end.group, "group_index": end.place, "chord": end.body}
        linked = {"link": self._links(step, place), "link_error": self._errors(step, id)}
        found["options"] |= {name: signatures for name, signatures in linked.items() if signatures}
        return found

    def _message(self, step: Step, place: str, rest: list[Signature], end: _Counted | None) -> Outgoing:
        id = step_id(self.canvas, place, step)
        headers = {**self._headers(step, end), "root_id": str(self.canvas)}
        if end:
            headers |= {"group": end.group, "group_index": end.place}
        embed = {
            "callbacks": self._links(step, place) or None,
            "errbacks": self._errors(step, id) or None,
            "chain": rest or None,
            "chord": end and end.body,
        }
        key = routing_key(step.contract.name, step.contract.version, step.lane)
        document = self._envelope(step, id, step.data(()), self.cause)
        carries = {"headers": headers, "embed": embed}
        return Outgoing(str(id), step.contract.name, key, None, document.model_dump_json(), 0, carries)

    def _links(self, step: Step, place: str) -> list[Signature]:
        reply = step.contract.replies
        linked = enumerate(step.links)
        return [self._of_step(link, f"{place}.link{number}", reply, None) for number, link in linked]

    def _errors(self, step: Step, id: UUID) -> list[Signature]:
        return [self._error(told, step, id, number) for number, told in enumerate(step.errors)]

    def _error(self, told: Step, step: Step, id: UUID, number: int) -> Signature:
        """What went wrong is written in where it goes wrong (`mesh.worker.steps`). Behind a group that was
        not handled nothing does: that is what stands there at first."""
        failed = Failed(
            canvas_id=self.canvas, step_id=id, step=step.contract.name, kind="unreached", reason=UNREACHED
        )
        own = failure_id(id, self.id, number)
        document = self._envelope(
            told, own, {**told.data(("failed",)), "failed": failed.model_dump(mode="json")}, id
        )
        headers = {wire.CANVAS: str(self.canvas), wire.SENDING: str(self.id)}
        found = _signed(told.contract.name, {}, None, task_id=str(own), headers=headers | _lane(told))
        return found | {"args": [document.model_dump(mode="json")]}

    def _envelope(self, step: Step, id: UUID, data: dict[str, Any], cause: UUID | None) -> Envelope:
        contract = step.contract
        return Envelope(
            id=id,
            name=contract.name,
            version=contract.version,
            sent_at=self.sent_at,
            producer=self.producer,
            correlation_id=self.canvas,
            causation_id=cause,
            traceparent=self.traceparent,
            data=data,
        )

    def _short(self, step: Step, id: UUID, taken: Any) -> dict[str, Any]:
        name = step.contract.name
        if name not in self._heads:
            left_out = {"id", "data", *wire.FROM_HEADERS}
            sealed = self._envelope(step, id, {}, None)
            self._heads[name] = sealed.model_dump(mode="json", exclude=left_out, exclude_none=True)
        return {"id": str(id), **self._heads[name], "data": step.data(taken)}

    def _headers(self, step: Step, end: _Counted | None) -> dict[str, Any]:
        found: dict[str, Any] = _lane(step)
        if self.expires:
            found["expires"] = self.expires.isoformat()
        if step.apart:
            found[wire.APART] = True
        if end:
            found[wire.PARTS] = end.parts
        return found

    def _group_id(self, place: str) -> str:
        return str(uuid5(self.canvas, f"{place} {self.id}"))


def size(message: Outgoing) -> int:
    """Bytes on the wire."""
    return len(wire.body(message))


def _reply(part: Part) -> Reply:
    match part:
        case Step(contract=contract) | Chord(_, Step(contract=contract)):
            return contract.replies
        case _:
            return None


def _lane(step: Step) -> dict[str, Any]:
    return {wire.LANE: step.lane} if step.lane else {}


def _signed(task: str, kwargs: dict[str, Any], kind: str | None, **options: Any) -> Signature:
    return {
        "task": task,
        "args": [],
        "kwargs": kwargs,
        "options": {name: value for name, value in options.items() if value},
        "subtask_type": kind,
        "immutable": False,
    }
