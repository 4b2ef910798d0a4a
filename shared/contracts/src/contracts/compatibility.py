"""Whether one build reads what another writes: from the schemas of both, for every message there can be.

A writer's schema describes documents, a reader's accepts some: each difference between two versions of a
contract has a verdict for the old reader with the new writer, and for the new reader with the old writer.
SAFE is said only of what was shown; what cannot be shown is UNPROVABLE and named.
"""

import json
from collections.abc import Iterator
from typing import Any

from contracts import leaves
from contracts.leaves import NAME, TAG, alike
from contracts.sameness import Same
from contracts.schemas import ALIASES, BEFORE, CONFIG, KIND, RULES, SERIALIZER, VALIDATORS, Schema, joined
from contracts.shape import arms, kind, mapped, members, name_of, references, resolved
from contracts.verdicts import Pair, Problem, Verdict


def problems(written: Pair, read: Pair) -> list[Problem]:
    """What stands in the way of the one's documents to the other. What is the same in both does not."""
    found = list(_Fit(written, read).fits(written.writer, read.reader, ""))
    if written.writer.get(KIND) != read.writer.get(KIND):
        said = "a command goes to its owner, an event to whoever listens"
        found.append(Problem("", Verdict.BREAKS, said))
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
        self._same = Same(written, read)
        self._begun: set[tuple[str, str]] = set()  # pairs of values that contain themselves

    def fits(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        if not (self._same.path(path) or self._same.classes(w, r)):
            yield from self._differing(w, r, path)

    def _differing(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        if references(w) and references(r):
            pair = (json.dumps(w, sort_keys=True), json.dumps(r, sort_keys=True))  # and what stands beside
            if pair in self._begun:
                return
            self._begun.add(pair)
        w, r = resolved(w, self._writer), resolved(r, self._reader)
        if not r.keys() - {"default"}:  # it takes anything
            yield from leaves.written_by(w, path)
            return
        w_arms, r_arms = _flat(w, self._writer), _flat(r, self._reader)
        for arm in w_arms:
            yield from self._arm(arm, w_arms, r_arms, path)

    def _arm(self, w: Schema, w_arms: list[Schema], r_arms: list[Schema], path: str) -> Iterator[Problem]:
        """One arm of a union, or what is no union, against all of the reader's."""
        like = [arm for arm in r_arms if alike(w, arm)]
        written = set(map(_identity, w_arms))
        for rival in [arm for arm in r_arms if _identity(arm) not in written and len(r_arms) > 1]:
            if _mistaken(w, rival):
                said = rival[NAME] or members(rival) or kind(rival)
                yield Problem(path, Verdict.UNPROVABLE, f"{kind(w)} might be read as {said}")
        if not like:
            read = " or ".join(sorted({kind(arm) for arm in r_arms}))
            yield Problem(path, Verdict.BREAKS, f"{kind(w)} is written, {read} is read")
        elif len(r_arms) == 1 or (len(like) == 1 and len([a for a in w_arms if alike(a, w)]) == 1):
            yield from self._one(w, like[0], _arm_path(path, w, like[0], w_arms))
        elif like[0][TAG] and len({arm[TAG] for arm in like}) == 1:
            yield from self._tagged(w, w_arms, like, path)
        else:
            yield from self._one_of(w, [a for a in w_arms if alike(a, w)], like, path)

    def _tagged(self, w: Schema, w_arms: list[Schema], r_arms: list[Schema], path: str) -> Iterator[Problem]:
        """A union whose arms say which they are."""
        tag = r_arms[0][TAG]
        values = _tags(w, tag, self._writer)
        named = [arm for arm in r_arms if values and values <= _tags(arm, tag, self._reader)]
        if len(named) > 1:
            yield Problem(path, Verdict.UNPROVABLE, f"{tag} does not tell of what is written which it is")
        elif named:
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
        yield from leaves.functions(w, r, path)
        yield from leaves.settings(w, r, path)
        if (values := members(w)) is not None or members(r) is not None:
            yield from leaves.of_values(values, w, r, path)
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
                yield from leaves.string(w, r, path)
            case "integer" | "number":
                yield from leaves.number(w, r, path)

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
            yield from self._seen(part, path, inner)
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

    def _seen(self, part: Schema, path: str, inner: str) -> Iterator[Problem]:
        """By a validator that asks for the fields before its own, which may be of another type by now."""
        before = part.get(RULES, {}).get(BEFORE, "").split()
        changed = [name for name in before if not self._same.path(f"{path}.{name}".removeprefix("."))]
        if changed:
            yield Problem(inner, Verdict.UNPROVABLE, f"its code sees {', '.join(changed)}, which has changed")

    def _mapping(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        """A reader that takes any keys."""
        for keyword in ("patternProperties", "propertyNames"):
            keys, wanted = (leaves.keys_of(node.get(keyword)) for node in (w, r))
            if wanted and keys != wanted:
                yield Problem(path, Verdict.UNPROVABLE, f"keys of {wanted} are read, of {keys} are written")
        yield from leaves.span(w, r, path, "minProperties", "maxProperties")
        parts = [*w.get("properties", {}).items(), *(("{}", part) for part in mapped(w))]
        wanted_values = mapped(r)
        if wanted_values and not parts:
            yield Problem(path, Verdict.BREAKS, "any values are written")
        for name, part in parts:
            inner = f"{path}{{}}" if name == "{}" else f"{path}.{name}"
            for values in wanted_values:
                yield from self.fits(part, values, inner)

    def _array(self, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
        yield from leaves.span(w, r, path, "minItems", "maxItems")
        if r.get("uniqueItems") and not (w.get("uniqueItems") and self._stays_unique(r, path)):
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

    def _stays_unique(self, r: Schema, path: str) -> bool:
        """Whether what differs still does as it is read: of a class, fields may have gone."""
        read = _flat(resolved(r.get("items", {}), self._reader), self._reader)
        plain = all(arm.get("type") in leaves.SCALARS or members(arm) is not None for arm in read)
        return plain or self._same.path(f"{path}[]")


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


def _mistaken(w: Schema, r: Schema) -> bool:
    """Whether a union may take a value of the one for the other, though their types are not alike: one of
    an enum, by what it stands for; a number for a boolean of a Literal: 1 is True; what code takes."""
    if kind(r) == "null" or alike(w, r):
        return False
    mine, theirs = set(kind(w).split("|")), {type(value) for value in members(r) or ()}
    boolean = (mine & leaves.NUMBERS and bool in theirs) or ("boolean" in mine and int in theirs)
    return members(w) is not None or bool(boolean) or VALIDATORS in r
