"""Messages that nobody thought of: types as data, so that one can be changed a little, and values of each."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Annotated, Any, Union

from hypothesis import strategies as st
from pydantic import AliasChoices, Discriminator, Field, create_model
from scalars import HIGH, LOW, SCALARS, Strategy, Type, literals, stated

from contracts import Command, Message, Value

_numbers = count(1)


@dataclass(frozen=True)
class Part:
    """A field."""

    type: Type
    default: Any = ...
    """... for none."""
    aliases: tuple[str, ...] = ()


Parts = dict[str, Part]


def one(type: Type, **more: Any) -> Parts:
    """One field, `a`."""
    return {"a": Part(type, **more)}


def model(parts: Parts, name: str = "Tested", base: type[Value] = Command) -> type[Any]:
    """A class with these fields."""
    return create_model(
        name, __base__=base, **{n: (p.type.annotation, _info(n, p)) for n, p in parts.items()}
    )


def _info(name: str, part: Part) -> Any:
    alias = AliasChoices(name, *part.aliases) if part.aliases else None
    return Field(part.default, validation_alias=alias)


def messages(made: type[Message], parts: Parts) -> Strategy:
    """Messages as a writer makes them."""
    return st.fixed_dictionaries({name: part.type.values for name, part in parts.items()}).map(
        lambda values: made.model_construct(**values)
    )


def optional(inner: Type) -> Type:
    def near() -> Strategy:
        return st.one_of(st.just(inner), inner.near().map(optional))

    return Type(f"{inner}|None", inner.annotation | None, st.one_of(st.none(), inner.values), near)


def several(inner: Type, least: int | None, most: int | None) -> Type:
    bounds = stated(min_length=least, max_length=most)
    low = least or 0
    high = low + 4 if most is None else most
    sizes = (st.lists(inner.values, min_size=size, max_size=high) for size in (low, high))
    values = st.one_of(*sizes).map(tuple)
    annotation = Annotated[tuple[inner.annotation, ...], Field(**bounds)]

    def near() -> Strategy:
        return st.one_of(
            inner.near().map(lambda other: several(other, least, most)),
            st.builds(several, st.just(inner), LOW, HIGH),
            st.just(sets(inner)) if inner.text.startswith(("int", "str", "UUID")) else st.nothing(),
        )

    return Type(f"tuple[{inner},...]{bounds}", annotation, values, near)


def places(*inner: Type) -> Type:
    def near() -> Strategy:
        other = st.sampled_from(inner).flatmap(lambda part: part.near())
        return other.map(lambda part: places(*inner[:-1], part))

    annotation: Any = tuple[tuple(part.annotation for part in inner)]
    return Type(f"tuple{list(inner)}", annotation, st.tuples(*(part.values for part in inner)), near)


def sets(inner: Type) -> Type:
    return Type(f"set[{inner}]", frozenset[inner.annotation], st.frozensets(inner.values, max_size=3))


def mappings(inner: Type) -> Type:
    values = st.dictionaries(st.text(max_size=3), inner.values, max_size=3)
    annotation = dict[str, inner.annotation]
    return Type(f"dict[str,{inner}]", annotation, values, lambda: inner.near().map(mappings))


def nested(parts: Parts, name: str = "Inner") -> Type:
    made = model(parts, name, Value)

    def near() -> Strategy:
        return changed(parts).map(lambda other: nested(other, name))

    return Type(f"{name}({parts})", made, messages(made, parts), near)


def either(*arms: Type) -> Type:
    values = st.one_of(*(arm.values for arm in arms))
    annotation: Any = Union[tuple(arm.annotation for arm in arms)]  # noqa: UP007 of any number of arms

    def near() -> Strategy:
        first = arms[0].near().map(lambda other: either(other, *arms[1:]))
        more = SCALARS.map(lambda other: either(*arms, other))
        return st.one_of(first, more, st.just(either(*reversed(arms))), st.sampled_from(arms))

    return Type("|".join(map(repr, arms)), annotation, values, near)


def tagged(arms: dict[str, Parts]) -> Type:
    made = [nested({"kind": Part(literals(tag)), **parts}, f"Arm{tag}") for tag, parts in arms.items()]
    union = either(*made) if len(made) > 1 else made[0]
    annotation = Annotated[union.annotation, Discriminator("kind")] if len(made) > 1 else union.annotation

    def near() -> Strategy:
        tag = next(iter(arms))
        other = changed(arms[tag]).map(lambda parts: tagged({**arms, tag: parts}))
        fewer = {name: parts for name, parts in arms.items() if name != tag}
        more = parts_of(SCALARS).map(lambda parts: tagged({**arms, "W": parts}))
        return st.one_of(other, more, st.just(tagged(fewer)) if fewer else st.nothing())

    return Type(f"tagged {union}", annotation, union.values, near)


def parts_of(types: Strategy) -> Strategy:
    """One field or two; defaults are such as every type can have."""
    part = st.one_of(st.builds(Part, types), types.map(lambda found: Part(optional(found), default=None)))
    return st.dictionaries(st.sampled_from("ab"), part, min_size=1, max_size=2)


def _wider(types: Strategy) -> Strategy:
    return st.one_of(
        types.map(optional),
        st.builds(several, types, LOW, HIGH),
        st.builds(places, types, types),
        types.map(mappings),
        parts_of(types).map(nested),
        st.builds(either, types, types),
        st.dictionaries(st.sampled_from("XYZ"), parts_of(types), min_size=1, max_size=3).map(tagged),
    )


types: Strategy = st.recursive(st.one_of(SCALARS, SCALARS.map(optional)), _wider, max_leaves=3)
parts: Strategy = parts_of(types)


@st.composite
def changed(draw: Callable[[Strategy], Any], before: Parts) -> Parts:
    """The same message some time later: most of it stays, so that what differs is one thing or two."""
    after: Parts = {}
    for name, part in before.items():
        match draw(st.sampled_from(["stays", "type", "near", "near", "near", "goes", "renamed", "default"])):
            case "stays":
                after[name] = part
            case "type":
                after[name] = Part(draw(types))
            case "near":
                after[name] = Part(draw(st.one_of(part.type.near(), st.just(optional(part.type)))))
            case "renamed":
                after[f"{name}_new"] = Part(part.type, aliases=(name,))
            case "default":
                after[name] = Part(optional(part.type), default=None)
    if draw(st.booleans()):
        after[f"added_{next(_numbers) % 3}"] = draw(st.builds(Part, types))
    return after
