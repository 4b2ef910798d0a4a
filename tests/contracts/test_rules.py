"""Every rule of the checker: what a change is called, what it means in each direction, and that it is so."""

from typing import Any, NamedTuple

import pytest
from grammar import Part, Parts, either, mappings, model, nested, one, optional, places, sets, several, tagged
from scalars import DATES, NUMBER, TEXT, TIMES, UUIDS, decimals, enums, floats, integers, literals, texts

from contracts import ContractError
from contracts.changes import Order, differences, order
from contracts.verdicts import Pair, Verdict

SAFE, BREAKS, UNPROVABLE = Verdict.SAFE, Verdict.BREAKS, Verdict.UNPROVABLE

# (forward, backward, order)
ANY_ORDER = SAFE, SAFE, Order.ANY
CONSUMERS_FIRST = BREAKS, SAFE, Order.CONSUMERS
PRODUCERS_FIRST = SAFE, BREAKS, Order.PRODUCERS
BOTH_BREAK = BREAKS, BREAKS, Order.MAJOR
UNKNOWN = UNPROVABLE, UNPROVABLE, Order.MAJOR


class Rule(NamedTuple):
    before: Parts
    after: Parts
    path: str
    called: str
    forward: Verdict
    backward: Verdict
    order: Order
    """Of all that changed, beside what is at this path."""


RULES = {
    "field added, optional": Rule(
        one(TEXT), one(TEXT) | {"b": Part(NUMBER, default=0)}, "b", "field added, optional", *ANY_ORDER
    ),
    "field added, required": Rule(
        one(TEXT), one(TEXT) | {"b": Part(NUMBER)}, "b", "field added, required", *PRODUCERS_FIRST
    ),
    "optional field removed": Rule(
        one(TEXT) | {"b": Part(NUMBER, default=0)}, one(TEXT), "b", "field removed", *ANY_ORDER
    ),
    "required field removed": Rule(
        one(TEXT) | {"b": Part(NUMBER)}, one(TEXT), "b", "field removed", *CONSUMERS_FIRST
    ),
    "field renamed, old name read": Rule(
        one(TEXT), {"b": Part(TEXT, aliases=("a",))}, "a", "field removed", *CONSUMERS_FIRST
    ),
    "field renamed, old name forgotten": Rule(
        one(TEXT), {"b": Part(TEXT)}, "b", "field added, required", SAFE, BREAKS, Order.MAJOR
    ),
    "another name read": Rule(one(TEXT), one(TEXT, aliases=("b",)), "a", "also read as b", *ANY_ORDER),
    "became required": Rule(one(NUMBER, default=1), one(NUMBER), "a", "became required", *ANY_ORDER),
    "type widened": Rule(
        one(NUMBER), one(optional(NUMBER)), "a", "type integer -> integer | null", *CONSUMERS_FIRST
    ),
    "type narrowed": Rule(
        one(optional(TEXT)), one(TEXT), "a", "type string | null -> string", *PRODUCERS_FIRST
    ),
    "type changed": Rule(one(NUMBER), one(TEXT), "a", "type integer -> string", *BOTH_BREAK),
    "integer to number, bounded": Rule(
        one(integers(0, 9)), one(floats(0, 9)), "a", "type integer -> number", *CONSUMERS_FIRST
    ),
    "integer to number, any": Rule(
        one(NUMBER), one(floats(None, None)), "a", "type integer -> number", BREAKS, UNPROVABLE, Order.MAJOR
    ),
    "id to text": Rule(one(UUIDS), one(TEXT), "a", "type string (uuid) -> string", *CONSUMERS_FIRST),
    "day to time": Rule(one(DATES), one(TIMES), "a", "type string (date) -> string (date-time)", *UNKNOWN),
    "constraint tightened": Rule(
        one(texts(1, None)), one(texts(3, None)), "a", "minLength 1 -> 3", *PRODUCERS_FIRST
    ),
    "constraint loosened": Rule(
        one(integers(0, 5)), one(integers(0, 9)), "a", "maximum 5 -> 9", *CONSUMERS_FIRST
    ),
    "multiples": Rule(
        one(integers(None, None, 2)), one(integers(None, None, 4)), "a", "multipleOf 2 -> 4", *PRODUCERS_FIRST
    ),
    "pattern changed": Rule(
        one(texts(None, None, "[a-z]+")),
        one(texts(None, None, "[a-z]{2,5}")),
        "a",
        'pattern "[a-z]+" -> "[a-z]{2,5}"',
        *UNKNOWN,
    ),
    "digits": Rule(one(decimals(7, 2)), one(decimals(5, 2)), "a", 'max_digits "7" -> "5"', *UNKNOWN),
    "enum member added": Rule(
        one(enums("a", "b")), one(enums("a", "b", "c")), "a", 'value added "c"', *CONSUMERS_FIRST
    ),
    "enum member removed": Rule(
        one(literals("a", "b")), one(literals("a")), "a", 'value removed "b"', *PRODUCERS_FIRST
    ),
    "union arm added": Rule(
        one(either(NUMBER, TEXT)),
        one(either(NUMBER, TEXT, several(NUMBER, None, None))),
        "a",
        "type integer | string -> integer | string | array of integer",
        *CONSUMERS_FIRST,
    ),
    "arm of a tagged union added": Rule(
        one(tagged({"X": one(TEXT), "Y": one(NUMBER)})),
        one(tagged({"X": one(TEXT), "Y": one(NUMBER), "Z": one(TEXT)})),
        "a",
        "type ArmX | ArmY -> ArmX | ArmY | ArmZ",
        *CONSUMERS_FIRST,
    ),
    "arm that looks like another added": Rule(
        one(either(nested(one(TEXT), "First"), nested(one(NUMBER), "Second"))),
        one(either(nested(one(TEXT), "First"), nested(one(NUMBER), "Second"), nested(one(TEXT), "Third"))),
        "a",
        "type First | Second -> First | Second | Third",
        BREAKS,
        UNPROVABLE,
        Order.MAJOR,
    ),
    "default changed": Rule(
        one(NUMBER, default=1), one(NUMBER, default=2), "a", "default 1 -> 2", *ANY_ORDER
    ),
    "deep inside": Rule(
        one(several(nested({"b": Part(TEXT)}), None, None)),
        one(several(nested({"b": Part(TEXT), "c": Part(TEXT)}), None, None)),
        "a[].c",
        "field added, required",
        *PRODUCERS_FIRST,
    ),
    "values of a mapping": Rule(
        one(mappings(integers(0, 5))),
        one(mappings(integers(0, 9))),
        "a{}",
        "maximum 5 -> 9",
        *CONSUMERS_FIRST,
    ),
    "places": Rule(
        one(places(NUMBER, NUMBER)), one(places(NUMBER, NUMBER, NUMBER)), "a", "maxItems 2 -> 3", *BOTH_BREAK
    ),
    "list to places of another type": Rule(
        one(several(TEXT, 2, 2)), one(places(NUMBER, NUMBER)), "a[0]", "changed inside", *BOTH_BREAK
    ),
    "list to places": Rule(
        one(several(NUMBER, 2, 2)),
        one(places(NUMBER, NUMBER)),
        "a",
        "type array of integer -> array",
        *ANY_ORDER,
    ),
    "least raised": Rule(one(integers(0, 9)), one(integers(1, 9)), "a", "minimum 0 -> 1", *PRODUCERS_FIRST),
    "list to set": Rule(
        one(several(NUMBER, None, None)),
        one(sets(NUMBER)),
        "a",
        "uniqueItems nothing -> true",
        SAFE,
        UNPROVABLE,
        Order.PRODUCERS,
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_change_has_its_name_and_its_verdicts(rule: Rule) -> None:
    found = differences(Pair.of(model(rule.before)), Pair.of(model(rule.after)))
    told = {d.path: d for d in found}
    assert rule.called in told[rule.path].rule, found
    assert (told[rule.path].forward, told[rule.path].backward) == (rule.forward, rule.backward), found
    assert order(found) is rule.order, found


# (rule, direction, a message that is written and not read)
WITNESSES: list[tuple[str, str, Any]] = [
    ("field added, required", "backward", {"a": "x"}),
    ("required field removed", "forward", {"a": "x"}),
    ("type widened", "forward", {"a": None}),
    ("type narrowed", "backward", {"a": None}),
    ("type changed", "forward", {"a": "x"}),
    ("id to text", "forward", {"a": "x"}),
    ("constraint tightened", "backward", {"a": "x"}),
    ("constraint loosened", "forward", {"a": 9}),
    ("multiples", "backward", {"a": 2}),
    ("enum member added", "forward", {"a": "c"}),
    ("enum member removed", "backward", {"a": "b"}),
    ("union arm added", "forward", {"a": [1]}),
    ("arm of a tagged union added", "forward", {"a": {"kind": "Z", "a": "x"}}),
    ("deep inside", "backward", {"a": [{"b": "x"}]}),
    ("values of a mapping", "forward", {"a": {"x": 9}}),
    ("places", "forward", {"a": [1, 2, 3]}),
    ("places", "backward", {"a": [1, 2]}),
]


@pytest.mark.parametrize(("rule", "direction", "message"), WITNESSES)
def test_what_is_said_to_break_does(rule: str, direction: str, message: Any) -> None:
    known = RULES[rule]
    written, read = (known.after, known.before) if direction == "forward" else (known.before, known.after)
    assert model(written).read(message).model_dump(mode="json") == message
    with pytest.raises(ContractError):
        model(read).read(message)
