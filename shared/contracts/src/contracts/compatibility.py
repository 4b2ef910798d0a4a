"""Whether one build reads what another writes: from the schemas of both, for every message there can be.

A writer's schema describes documents, a reader's accepts some: each difference between two versions of a
contract has a verdict for the old reader with the new writer, and for the new reader with the old writer.
SAFE is said only of what was shown; what cannot be shown is UNPROVABLE and named.
"""

import json
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from contracts.schemas import ALIASES, CONFIG, KIND, LEFT_TO_RIGHT, RULES, SERIALIZER, VALIDATORS, Schema
from contracts.shape import arms, joined, kind, mapped, members, name_of, references, resolved, walk

NAME, TAG = "name of the class", "tag of the union"
"""Noted with the arms of a union, in words that are no keywords."""

EXACT = 2**53
"""Integers up to here are the same as floating-point numbers."""


class Verdict(IntEnum):
    """The larger the worse."""

    SAFE = 0
    UNPROVABLE = 1
    BREAKS = 2

    def __str__(self) -> str:
        return self.name.lower()


class Problem(NamedTuple):
    """Why a document may not be read as it was written."""

    path: str
    verdict: Verdict
    why: str


class Pair(NamedTuple):
    """One state of one version: what it writes, what it reads."""

    writer: Schema
    reader: Schema


def problems(written: Pair, read: Pair) -> list[Problem]:
    """What stands in the way of the one's documents to the other. What is the same in both does not."""
    found = list(_Fit(written, read).fits(written.writer, read.reader, ""))
    if written.writer.get(KIND) != read.writer.get(KIND):
        said = "a command goes to its owner, an event to whoever listens"
        found.append(Problem("", Verdict.BREAKS, said))
    return found


class _Same:
    """What did not change between two states: each reads of the other what it reads of itself."""

    def __init__(self, one: Pair, other: Pair) -> None:
        self._changed = _changed(one, other)
        before, after = _parts(one), _parts(other)
        self._paths = {
            path
            for path, (text, names) in before.items()
            if after.get(path) == (text, names) and not names & self._changed
        }

    def path(self, path: str) -> bool:
        return path in self._paths

    def classes(self, w: Schema, r: Schema) -> bool:
        """Whether both are the same class, which is as it was, and nothing else is said of them."""
        name = name_of(w)
        return bool(name) and name == name_of(r) and name not in self._changed and not _more(w) | _more(r)


def _more(node: Schema) -> set[str]:
    return node.keys() - {"$ref", "default"}


def _changed(one: Pair, other: Pair) -> set[str]:
    """Classes that are not the same in both, or that have such a one inside."""
    states = [_defined(one), _defined(other)]
    names = set().union(*states)
    changed = {name for name in names if states[0].get(name) != states[1].get(name)}
    while more := {n for n in names - changed if references(states[0][n]) & changed}:
        changed |= more
    return changed


def _defined(pair: Pair) -> dict[str, Any]:
    sides = [schema.get("$defs", {}) for schema in pair]
    return {name: [side.get(name) for side in sides] for name in set().union(*sides)}


def _parts(pair: Pair) -> dict[str, tuple[str, set[str]]]:
    """Each path with what is below it, as text, and the classes that are named there."""
    found: dict[str, tuple[str, set[str]]] = {}
    for side, schema in pair._asdict().items():
        for path, node in walk(schema):
            text, names = found.get(path, ("", set()))
            own = {key: value for key, value in node.items() if key != "$defs"}
            found[path] = (text + side + json.dumps(own, sort_keys=True), names | references(own))
    return found


_KNOWN = {
    *("type", "properties", "required", "additionalProperties", "patternProperties"),
    *("propertyNames", "items", "prefixItems", "anyOf", "oneOf", "discriminator", "enum"),
    *("const", "default", "format", "pattern", "minLength", "maxLength", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems"),
    *("uniqueItems", "minProperties", "maxProperties", "$defs", "$ref"),
    *(RULES, VALIDATORS, SERIALIZER, ALIASES, CONFIG, NAME, TAG),
}
"""Keywords that are looked at, below; another one is not understood."""


class _Fit:
    """One writer's schema against one reader's."""

    def __init__(self, written: Pair, read: Pair) -> None:
        self._writer = written.writer
        self._reader = read.reader
        self._same = _Same(written, read)
        self._begun: set[tuple[str, str]] = set()  # pairs of values that contain themselves

    def fits(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        if not (self._same.path(path) or self._same.classes(w, r)):
            yield from self._differing(w, r, path)

    def _differing(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        pair = (name_of(w), name_of(r))
        if all(pair):
            if pair in self._begun:
                return
            self._begun.add(pair)
        w, r = resolved(w, self._writer), resolved(r, self._reader)
        if not r.keys() - {"default"}:
            return  # it takes anything
        w_arms, r_arms = _flat(w, self._writer), _flat(r, self._reader)
        for arm in w_arms:
            yield from self._arm(arm, w_arms, r_arms, path)

    def _arm(self, w: Schema, w_arms: list[Schema], r_arms: list[Schema], path: str) -> Iterator[Problem]:
        """One arm of a union, or what is no union, against all of the reader's."""
        like = [arm for arm in r_arms if _alike(w, arm)]
        written = set(map(_identity, w_arms))
        for rival in [arm for arm in r_arms if _identity(arm) not in written and len(r_arms) > 1]:
            if _mistaken(w, rival):
                said = rival[NAME] or members(rival) or kind(rival)
                yield Problem(path, Verdict.UNPROVABLE, f"{kind(w)} might be read as {said}")
        if not like:
            read = " or ".join(sorted({kind(arm) for arm in r_arms}))
            yield Problem(path, Verdict.BREAKS, f"{kind(w)} is written, {read} is read")
        elif len(r_arms) == 1 or (len(like) == 1 and len([a for a in w_arms if _alike(a, w)]) == 1):
            yield from self._one(w, like[0], _arm_path(path, w, like[0], w_arms))
        elif like[0][TAG]:
            yield from self._tagged(w, w_arms, like, path)
        else:
            yield from self._one_of(w, [a for a in w_arms if _alike(a, w)], like, path)

    def _tagged(self, w: Schema, w_arms: list[Schema], r_arms: list[Schema], path: str) -> Iterator[Problem]:
        """A union whose arms say which they are."""
        tag = r_arms[0][TAG]
        values = _tags(w, tag, self._writer)
        named = [arm for arm in r_arms if values and values <= _tags(arm, tag, self._reader)]
        if named:
            yield from self._one(w, named[0], _arm_path(path, w, named[0], w_arms))
        else:
            said = ", ".join(sorted(map(repr, values))) or "no fixed value"
            yield Problem(path, Verdict.BREAKS, f"{tag} is {said} in what is written, which is not read")

    def _one_of(self, w: Schema, w_like: list[Schema], r_like: list[Schema], path: str) -> Iterator[Problem]:
        """A union whose arms are told apart by what they look like: both sides must have the same ones."""
        read = {_identity(arm): arm for arm in r_like}
        short = w[NAME] or kind(w)
        if _identity(w) not in read:
            yield Problem(path, Verdict.BREAKS, f"{short} is written and not read, or read as another")
            return
        if kind(w) == "object" or list(read) != [_identity(arm) for arm in w_like]:
            # Of two that fit, pydantic takes the first, or the one with more of the fields.
            others = ", ".join(arm[NAME] or kind(arm) for name, arm in read.items() if name != _identity(w))
            yield Problem(path, Verdict.UNPROVABLE, f"{short} might be read as {others}")
        yield from self._one(w, read[_identity(w)], f"{path}|{short}")

    def _one(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        """Neither is a union."""
        strange = sorted(key for key in r.keys() - _KNOWN if w.get(key) != r[key])
        if strange:
            yield Problem(path, Verdict.UNPROVABLE, f"it is not known what {', '.join(strange)} means")
        yield from _functions(w, r, path)
        yield from _settings(w, r, path)
        if (values := members(w)) is not None or members(r) is not None:
            yield from _of_values(values, w, r, path)
            return
        if "type" not in w:
            yield Problem(path, Verdict.BREAKS, f"anything is written, {kind(r)} is read")
            return
        match w["type"]:
            case "object":
                yield from self._object(w, r, path)
            case "array":
                yield from self._array(w, r, path)
            case "string":
                yield from _string(w, r, path)
            case "integer" | "number":
                yield from _number(w, r, path)

    def _object(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        if "properties" not in r and not r.get("required"):
            yield from self._mapping(w, r, path)
            return
        if "properties" not in w and w.get("additionalProperties") is not False:
            yield Problem(path, Verdict.BREAKS, "any keys are written, certain fields are read")
            return
        written = w.get("properties", {})
        for name, part in r.get("properties", {}).items():
            inner = f"{path}.{name}".removeprefix(".")
            found = [other for other in (name, *r.get(ALIASES, {}).get(name, ())) if other in written]
            required = name in r.get("required", ())
            if found:
                for other in found:
                    fits = self.fits if other == name else self._differing
                    yield from fits(written[other], part, inner)
                if required and not any(other in w.get("required", ()) for other in found):
                    yield Problem(inner, Verdict.BREAKS, "it may be left out, and is required")
            elif required:
                yield Problem(inner, Verdict.BREAKS, "it is not written, and is required")

    def _mapping(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        """A reader that takes any keys."""
        for keyword in ("patternProperties", "propertyNames"):
            keys, wanted = (_keys(node.get(keyword)) for node in (w, r))
            if wanted and keys != wanted:
                yield Problem(path, Verdict.UNPROVABLE, f"keys of {wanted} are read, of {keys} are written")
        yield from _range(w, r, path, "minProperties", "maxProperties")
        parts = [*w.get("properties", {}).items(), *(("{}", part) for part in mapped(w))]
        wanted_values = mapped(r)
        if wanted_values and not parts:
            yield Problem(path, Verdict.BREAKS, "any values are written")
        for name, part in parts:
            inner = f"{path}{{}}" if name == "{}" else f"{path}.{name}"
            for values in wanted_values:
                yield from self.fits(part, values, inner)

    def _array(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        yield from _range(w, r, path, "minItems", "maxItems")
        if r.get("uniqueItems") and not w.get("uniqueItems"):
            yield Problem(path, Verdict.UNPROVABLE, "what is written twice is read once")
        w_places, r_places = w.get("prefixItems", []), r.get("prefixItems", [])
        if r_places and not w_places and isinstance(w.get("items"), dict):
            w_places = [w["items"]] * len(r_places)  # of how many there are, more is said above
        for place, (part, other) in enumerate(zip(w_places, r_places, strict=False)):
            yield from self.fits(part, other, f"{path}[{place}]")
        items = r.get("items")
        if not isinstance(items, dict):
            return
        for place, part in enumerate(w_places[len(r_places) :]):
            yield from self.fits(part, items, f"{path}[{place}]")
        if isinstance(w.get("items"), dict):
            yield from self.fits(w["items"], items, f"{path}[]")
        elif not w_places:
            yield Problem(path, Verdict.BREAKS, "anything is written in it")


def _flat(node: Schema, top: Schema) -> list[Schema]:
    """The arms of a union, each with its name and what is said of all of them; else the node alone."""
    if not arms(node):
        return [{NAME: "", TAG: None, **node}]
    shared = {key: node[key] for key in (RULES, VALIDATORS, SERIALIZER, CONFIG) if key in node}
    if "discriminator" in node:
        shared[TAG] = node["discriminator"]["propertyName"]
    inner = [found for arm in arms(node) for found in _flat({**resolved(arm, top), NAME: name_of(arm)}, top)]
    return [joined(found, shared) for found in inner]


def _arm_path(path: str, w: Schema, r: Schema, w_arms: list[Schema]) -> str:
    """As `walk` has it, where both are the same arm."""
    if w[NAME] != r[NAME]:
        return f"{path}|{w[NAME]} as {r[NAME]}" if w[NAME] and r[NAME] else path
    return f"{path}|{w[NAME] or kind(w)}" if len(w_arms) > 1 else path


def _identity(arm: Schema) -> str:
    """By which an arm is known on both sides."""
    return arm[NAME] or json.dumps(arm, sort_keys=True)


def _tags(arm: Schema, tag: str, top: Schema) -> set[Any]:
    part = arm.get("properties", {}).get(tag)
    return set(members(resolved(part, top)) or ()) if part else set()


_NUMBERS = {"integer", "number"}


def _alike(w: Schema, r: Schema) -> bool:
    """Whether a value of the one can be one of the other at all, by its JSON type."""
    mine, theirs = set(kind(w).split("|")), set(kind(r).split("|"))
    if "anything" in (*mine, *theirs) or mine & theirs:
        return True
    return bool(mine & _NUMBERS) and "number" in theirs


def _mistaken(w: Schema, r: Schema) -> bool:
    """Whether a union may take a value of the one for the other, though their types are not alike: one of
    an enum, by what it stands for; a number for a boolean of a Literal: 1 is True; what code takes."""
    if kind(r) == "null" or _alike(w, r):
        return False
    mine, theirs = set(kind(w).split("|")), {type(value) for value in members(r) or ()}
    boolean = (mine & _NUMBERS and bool in theirs) or ("boolean" in mine and int in theirs)
    return members(w) is not None or bool(boolean) or VALIDATORS in r


def _functions(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    """What code decides, nobody can prove: not even that the same code takes other input."""
    rules = w.get(RULES, {})
    if _own_code(w.get(SERIALIZER, "")):
        yield Problem(path, Verdict.UNPROVABLE, f"{w[SERIALIZER]} writes it, which may write anything")
        rules = {}
    for name, value in r.get(RULES, {}).items():
        if rules.get(name) != value or name == LEFT_TO_RIGHT:
            yield Problem(path, Verdict.UNPROVABLE, f"{name} {value} is read, {rules.get(name)} is written")
    if rules.get("allow_inf_nan") == "true" != r.get(RULES, {}).get("allow_inf_nan"):
        yield Problem(path, Verdict.UNPROVABLE, "what is no number may be written")
    written, read = w.get(VALIDATORS, []), r.get(VALIDATORS, [])
    if any(map(_own_code, written + read)) or (read and written != read):
        names = ", ".join(dict.fromkeys(written + read))
        yield Problem(path, Verdict.UNPROVABLE, f"{names} decides, and something of it has changed")


def _own_code(digest: str) -> bool:
    """Of who wrote the contract; a library's is known by its name alone."""
    return "#" in digest


def _settings(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    written, read = w.get(CONFIG, {}), r.get(CONFIG, {})
    if differing := [name for name in sorted({*written, *read}) if written.get(name) != read.get(name)]:
        yield Problem(path, Verdict.UNPROVABLE, f"read and written with another {', '.join(differing)}")


def _of_values(values: list[Any] | None, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    wanted = members(r)
    if values is None:
        yield Problem(path, Verdict.BREAKS, f"any {kind(w)} is written, certain values are read")
    elif wanted is not None:
        if others := [value for value in values if not _among(value, wanted)]:
            yield Problem(path, Verdict.BREAKS, f"{_listed(others)} is written and not read")
    elif others := [value for value in values if not _alike({"const": value}, r)]:
        yield Problem(path, Verdict.BREAKS, f"{_listed(others)} is written, {kind(r)} is read")
    elif r.get("type") == "number" and any(type(v) is int and abs(v) > EXACT for v in values):
        yield Problem(path, Verdict.UNPROVABLE, "integers beyond 2**53 would lose digits")
    elif constrained := sorted(r.keys() - {"type", "default", NAME, TAG}):
        yield Problem(
            path, Verdict.UNPROVABLE, f"{_listed(values)} is written, {', '.join(constrained)} is demanded"
        )


def _among(value: Any, values: list[Any]) -> bool:
    """JSON tells true from 1, Python does not."""
    return any(type(value) is type(other) and value == other for other in values)


def _listed(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def _string(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    yield from _range(w, r, path, "minLength", "maxLength")
    for keyword in ("format", "pattern"):
        if keyword in r and w.get(keyword) != r[keyword]:
            verdict = Verdict.UNPROVABLE if keyword in w else Verdict.BREAKS
            written = w.get(keyword, "any text")
            yield Problem(path, verdict, f"{keyword} {r[keyword]} is read, {written} is written")


def _number(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    step, written = r.get("multipleOf"), w.get("multipleOf")
    if (
        step
        and step != written
        and not (isinstance(written, int) and isinstance(step, int) and written % step == 0)
    ):
        yield Problem(path, Verdict.BREAKS, f"multiples of {step} are read")
    low, high = _low(w), _high(w)
    if (least := _low(r)) is not None and (low is None or low < least):
        yield Problem(path, Verdict.BREAKS, f"{_bound(least, 'at least', 'more than')} is read")
    if (most := _high(r)) is not None and (high is None or high > most):
        yield Problem(path, Verdict.BREAKS, f"{_bound(most, 'at most', 'less than')} is read")
    if (
        w["type"] == "integer"
        and r.get("type") == "number"
        and (low is None or high is None or low[0] < -EXACT or high[0] > EXACT)
    ):
        yield Problem(path, Verdict.UNPROVABLE, "integers beyond 2**53 would lose digits")


Bound = tuple[float, int]
"""A number, and what makes it comparable: 1 where a lower bound is exclusive, -1 where an upper one is."""


def _low(node: Schema) -> Bound | None:
    found = [(node[key], at) for key, at in (("minimum", 0), ("exclusiveMinimum", 1)) if key in node]
    return max(found, default=None)


def _high(node: Schema) -> Bound | None:
    found = [(node[key], at) for key, at in (("maximum", 0), ("exclusiveMaximum", -1)) if key in node]
    return min(found, default=None)


def _bound(bound: Bound, inclusive: str, exclusive: str) -> str:
    return f"{exclusive if bound[1] else inclusive} {bound[0]}"


def _keys(said: Any) -> Any:
    """Of a mapping: its patterns, or the schema of its keys."""
    return sorted(said) if isinstance(said, dict) and not said.keys() & {"$ref", "type", "format"} else said


def _range(w: Schema, r: Schema, path: str, least: str, most: str) -> Iterator[Problem]:
    if r.get(least, 0) > w.get(least, 0):
        yield Problem(path, Verdict.BREAKS, f"{least} {r[least]} is read, {w.get(least, 0)} is written")
    if most in r and (most not in w or w[most] > r[most]):
        yield Problem(path, Verdict.BREAKS, f"{most} {r[most]} is read, {w.get(most, 'any')} is written")
