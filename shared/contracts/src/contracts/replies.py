"""Replies: whether a step's is what the next step's message lacks, and how one may change.

A reply is written by who obeys the command and read, by names of fields, with the next step's message: by
canvases of whoever sends the command. So writer and reader are the other way round than for the command.
"""

from collections.abc import Collection
from typing import Any

from contracts import changes
from contracts.changes import Difference
from contracts.compatibility import problems
from contracts.message import Message, Value
from contracts.registry import Contract
from contracts.schemas import KIND, Schema, reader, writer
from contracts.verdicts import Pair, Problem, Verdict


def of(contract: Contract) -> Pair | None:
    """What is written and read of a contract's reply, as this build has it; None: there is none."""
    return Pair.of(contract.replies) if contract.replies else None


def missing(reply: type[Value] | None, message: type[Message], given: Collection[str]) -> list[Problem]:
    """What keeps `message`, of which these fields are `given`, from being made with the fields of `reply`."""
    wanted = Pair(*(_without(schema, given) for schema in (writer(message), reader(message))))
    written = Pair.of(reply or Value)
    return problems(*(Pair({**p.writer, KIND: "value"}, p.reader) for p in (written, wanted)))


def _without(schema: Schema, given: Collection[str]) -> Schema:
    """What is left to be read when these fields are there already."""
    parts = {name: part for name, part in schema.get("properties", {}).items() if name not in given}
    required = [name for name in schema.get("required", ()) if name not in given]
    return {**schema, "properties": parts, "required": required}


def differences(old: Pair | None, new: Pair | None) -> list[Difference]:
    """What changed of a reply, in its command's terms: writers are who sends canvases, readers who obeys."""
    if old and new:
        return list(map(_turned, changes.differences(old, new)))
    if new:
        why = "new canvases: who obeys and is old does not reply"
        return [Difference("reply", "added", Verdict.BREAKS, Verdict.SAFE, (why,))]
    if old:
        why = "old canvases: who obeys and is new does not reply any more"
        return [Difference("reply", "removed", Verdict.SAFE, Verdict.BREAKS, (why,))]
    return []


def _turned(found: Difference) -> Difference:
    why = (text.replace(" readers:", " canvases:", 1) for text in found.why)
    path = f"reply.{found.path}".rstrip(".")
    return Difference(path, found.rule, found.backward, found.forward, tuple(why))


def union(parts: Collection[type[Value] | None]) -> Any:
    """The type of a group's replies: one for each of its parts, in their order."""
    kinds = [part or type(None) for part in parts]
    return tuple[kinds[0], ...] if len(set(kinds)) == 1 else tuple[tuple(kinds)]  # type: ignore[valid-type, misc]
