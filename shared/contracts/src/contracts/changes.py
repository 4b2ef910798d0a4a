"""What changed between two states of one version, field by field, and in which order it may be deployed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from contracts.compatibility import problems
from contracts.schemas import ALIASES, CONFIG, KIND, RULES, SERIALIZER, VALIDATORS, Schema
from contracts.shape import arms, kind, members, name_of, walk
from contracts.verdicts import Pair, Problem, Verdict


class Order(StrEnum):
    """In which order builds with a change may be deployed. Back is the same the other way round: what was
    consumers first goes back producers first and drained, and the reverse."""

    ANY = "any order"
    CONSUMERS = "consumers first"
    """Every reader before the first writer: old readers would not read what new writers write."""
    PRODUCERS = "producers first, then drain"
    """Every writer, and what is under way must be handled, before the first reader."""
    MAJOR = "a new major"
    """It cannot be the same version."""


class Difference(NamedTuple):
    """One change of one field."""

    path: str
    """Empty: of the message as a whole."""
    rule: str
    forward: Verdict
    """Of old readers with new writers."""
    backward: Verdict
    """Of new readers with old writers."""
    why: tuple[str, ...]


def order(differences: Iterable[Difference]) -> Order:
    """The order that is legal for all of these: shown to be, where a verdict is unprovable."""
    found = list(differences)
    forward = max((d.forward for d in found), default=Verdict.SAFE)
    backward = max((d.backward for d in found), default=Verdict.SAFE)
    if backward is Verdict.SAFE:
        return Order.ANY if forward is Verdict.SAFE else Order.CONSUMERS
    return Order.PRODUCERS if forward is Verdict.SAFE else Order.MAJOR


def differences(old: Pair, new: Pair) -> list[Difference]:
    """Every change, by path. What is not shown to be safe is here, whatever brought it about."""
    rules: dict[str, list[str]] = defaultdict(list)
    for path, rule in _rules(old, new):
        if rule not in rules[path]:
            rules[path].append(rule)
    forward, backward = _by_path([*problems(new, old), *_rewritten(old, new)]), _by_path(problems(old, new))
    return [
        Difference(
            path,
            ", ".join(sorted(rules.get(path) or ["changed inside"], key=_coming_and_going)),
            max((p.verdict for p in forward[path]), default=Verdict.SAFE),
            max((p.verdict for p in backward[path]), default=Verdict.SAFE),
            (
                *(f"old readers: {p.why}" for p in forward[path]),
                *(f"new readers: {p.why}" for p in backward[path]),
            ),
        )
        for path in sorted({*rules, *forward, *backward})
    ]


def _coming_and_going(rule: str) -> bool:
    """Said before what else is said of a field."""
    return not rule.startswith("field ")


def _by_path(found: Iterable[Problem]) -> dict[str, list[Problem]]:
    by_path: dict[str, list[Problem]] = defaultdict(list)
    for problem in found:
        by_path[problem.path].append(problem)
    return by_path


def _rewritten(old: Pair, new: Pair) -> Iterator[Problem]:
    """What schemas cannot show: the same type, written by other code."""
    before = dict(walk(old.writer))
    for path, node in walk(new.writer):
        if path in before and node.get(SERIALIZER) != before[path].get(SERIALIZER):
            yield Problem(path, Verdict.UNPROVABLE, "it is written by other code")


def _rules(old: Pair, new: Pair) -> Iterator[tuple[str, str]]:
    """By what is read; by what is written where that is not the same."""
    read = list(_of_schemas(old.reader, new.reader))
    yield from read
    for path, rule in _of_schemas(old.writer, new.writer):
        if (path, rule) not in read and not rule.startswith(("field ", "became ", "default ")):
            yield path, f"written: {rule}"


def _of_schemas(old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    before, after = dict(walk(old)), dict(walk(new))
    for path in sorted({*before, *after}):
        parent, name = _parent(path)
        if path in before and path in after:
            yield from _of_nodes(path, before[path], after[path])
        elif name and parent in before and parent in after:
            if path in after:
                required = name in after[parent].get("required", ())
                yield path, f"field added, {'required' if required else 'optional'}"
            else:
                yield path, "field removed"


def _parent(path: str) -> tuple[str, str]:
    """Path of the object that a field belongs to, and its name there; no name for what is no field."""
    parent, dot, name = path.rpartition(".")
    last = name if dot else path
    return (parent, last) if last.isidentifier() else (path, "")


def _of_nodes(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    was, now = _described(old), _described(new)
    if was != now:
        yield path, f"type {was} -> {now}"
    for rule in _of_values(members(old), members(new)):
        yield path, rule
    for field in sorted(old.get("properties", {}).keys() & new.get("properties", {}).keys()):
        inner = f"{path}.{field}".removeprefix(".")
        required = [field in node.get("required", ()) for node in (old, new)]
        if required[0] != required[1]:
            yield inner, "became required" if required[1] else "became optional"
    for field, names in sorted(_renamed(old, new)):
        yield f"{path}.{field}".removeprefix("."), f"also read as {', '.join(names)}"
    for word, before, after in _own_words(old, new):
        if before != after:
            yield path, f"{word} {_shown(before)} -> {_shown(after)}"


def _own_words(old: Schema, new: Schema) -> Iterator[tuple[str, Any, Any]]:
    """What each says of itself alone."""
    for word in sorted({*old, *new} - _NOT_OWN):
        was, now = old.get(word), new.get(word)
        if word in (RULES, CONFIG):
            was, now = was or {}, now or {}
            yield from ((rule, was.get(rule), now.get(rule)) for rule in sorted({*was, *now}))
        else:
            yield _WORDS.get(word, word), was, now


_WORDS = {VALIDATORS: "validator", SERIALIZER: "serializer", KIND: "kind"}
_NOT_OWN = {
    *("type", "format", "anyOf", "oneOf", "discriminator", "enum", "const", "properties"),
    *("required", "items", "prefixItems", "additionalProperties", "$defs", "$ref"),
    ALIASES,
}
"""Keywords of which more is said than that they differ."""


def _renamed(old: Schema, new: Schema) -> Iterator[tuple[str, list[str]]]:
    was, now = old.get(ALIASES, {}), new.get(ALIASES, {})
    for field in new.get("properties", {}):
        if was.get(field) != now.get(field):
            yield field, now.get(field, ["nothing else"])


def _of_values(old: list[Any] | None, new: list[Any] | None) -> Iterator[str]:
    if old is None or new is None:
        return
    was, now = ({json.dumps(value, ensure_ascii=False) for value in values} for values in (old, new))
    for value in sorted(now - was):
        yield f"value added {value}"
    for value in sorted(was - now):
        yield f"value removed {value}"


def _described(node: Schema) -> str:
    """A type in few words."""
    if found := arms(node):
        return " | ".join(map(_arm, found))
    said = kind(node)
    if "items" in node and isinstance(node["items"], dict):
        return f"{said} of {_arm(node['items'])}"
    return f"{said} ({node['format']})" if "format" in node else said


def _arm(node: Schema) -> str:
    return name_of(node) or _described(node)


def _shown(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
