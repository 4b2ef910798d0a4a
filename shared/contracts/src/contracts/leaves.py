"""Whether one node's own words let the values of another pass: types, bounds, patterns, rules and code."""

import json
from collections.abc import Iterator
from typing import Any

from contracts.schemas import CONFIG, RULES, SERIALIZER, VALIDATORS, Schema
from contracts.shape import kind, members
from contracts.unsaid import LEFT_TO_RIGHT
from contracts.verdicts import Problem, Verdict

TAG, NAME = "tag of the union", "name of the class"
"""Noted with the arms of a union, in words that are no keywords."""

EXACT = 2**53
"""Integers up to here are the same as floating-point numbers."""


NUMBERS = {"integer", "number"}
SCALARS = {"string", "boolean", "null", *NUMBERS}


def alike(w: Schema, r: Schema) -> bool:
    """Whether a value of the one can be one of the other at all, by its JSON type."""
    mine, theirs = set(kind(w).split("|")), set(kind(r).split("|"))
    if "anything" in (*mine, *theirs) or mine & theirs:
        return True
    return bool(mine & NUMBERS) and "number" in theirs


def functions(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    """What code decides, nobody can prove: not even that the same code takes other input."""
    unknown = list(written_by(w, path))
    yield from unknown
    rules = {} if unknown else w.get(RULES, {})
    for name, value in r.get(RULES, {}).items():
        if rules.get(name) != value or name == LEFT_TO_RIGHT:
            yield Problem(path, Verdict.UNPROVABLE, f"{name} {value} is read, {rules.get(name)} is written")
    if "pattern" in r and rules.get("flags") != r.get(RULES, {}).get("flags"):
        yield Problem(path, Verdict.UNPROVABLE, "a pattern's flags let other text through")
    if rules.get("allow_inf_nan") == "true" != r.get(RULES, {}).get("allow_inf_nan"):
        yield Problem(path, Verdict.UNPROVABLE, "what is no number may be written")
    written, read = w.get(VALIDATORS, []), r.get(VALIDATORS, [])
    if any(map(_own_code, written + read)) or (read and written != read):
        names = ", ".join(dict.fromkeys(written + read))
        yield Problem(path, Verdict.UNPROVABLE, f"{names} decides, and something of it has changed")


def written_by(w: Schema, path: str) -> Iterator[Problem]:
    if any(map(_own_code, w.get(SERIALIZER, []))):
        names = ", ".join(w[SERIALIZER])
        yield Problem(path, Verdict.UNPROVABLE, f"{names} writes it, which may write anything")


def _own_code(digest: str) -> bool:
    """Of who wrote the contract, or chosen there: of pydantic's alone it is known what they do."""
    return "#" in digest or not digest.startswith("pydantic")


def settings(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    written, read = w.get(CONFIG, {}), r.get(CONFIG, {})
    if differing := [name for name in sorted({*written, *read}) if written.get(name) != read.get(name)]:
        yield Problem(path, Verdict.UNPROVABLE, f"read and written with another {', '.join(differing)}")


def of_values(values: list[Any] | None, w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    wanted = members(r)
    if values is None:
        yield Problem(path, Verdict.BREAKS, f"any {kind(w)} is written, certain values are read")
    elif wanted is not None:
        if others := [value for value in values if not _among(value, wanted)]:
            yield Problem(path, Verdict.BREAKS, f"{_listed(others)} is written and not read")
    elif others := [value for value in values if not alike({"const": value}, r)]:
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


def string(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
    yield from span(w, r, path, "minLength", "maxLength")
    for keyword in ("format", "pattern"):
        if keyword in r and w.get(keyword) != r[keyword]:
            verdict = Verdict.UNPROVABLE if keyword in w else Verdict.BREAKS
            written = w.get(keyword, "any text")
            yield Problem(path, verdict, f"{keyword} {r[keyword]} is read, {written} is written")


def number(w: Schema, r: Schema, path: str) -> Iterator[Problem]:
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


def keys_of(said: Any) -> Any:
    """Of a mapping: its patterns, or the schema of its keys."""
    return sorted(said) if isinstance(said, dict) and not said.keys() & {"$ref", "type", "format"} else said


def span(w: Schema, r: Schema, path: str, least: str, most: str) -> Iterator[Problem]:
    if r.get(least, 0) > w.get(least, 0):
        yield Problem(path, Verdict.BREAKS, f"{least} {r[least]} is read, {w.get(least, 0)} is written")
    if most in r and (most not in w or w[most] > r[most]):
        yield Problem(path, Verdict.BREAKS, f"{most} {r[most]} is read, {w.get(most, 'any')} is written")
