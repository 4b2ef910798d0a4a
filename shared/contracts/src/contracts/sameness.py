"""What did not change between two states, so that nothing needs to be shown of it."""

import json
from typing import Any

from contracts.schemas import Schema
from contracts.shape import name_of, references, walk
from contracts.verdicts import Pair


class Same:
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
