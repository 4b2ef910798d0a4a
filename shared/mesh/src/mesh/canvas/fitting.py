"""Whether what a step replies is what the next one's message lacks: by name, for every reply there can be."""

from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import create_model

from contracts import Value
from contracts.replies import missing, union
from contracts.verdicts import Problem
from mesh.errors import DoesNotFit

if TYPE_CHECKING:
    from mesh.canvas.nodes import Step

Reply = type[Value] | None


def refuse_misfit(before: object, reply: Reply, then: "Step") -> None:
    """Raises DoesNotFit, with both, the field, and what to do."""
    taken = None if then.alone else reply
    for problem in _missing(taken, then.contract.model, then.given):
        field = problem.path.partition(".")[0].partition("[")[0]
        raise DoesNotFit(
            f"{then} after {before}: {problem.path}: {problem.why}; that replies {_fields(taken)}. "
            f"Give it, step({then.contract.model.__name__}, {field}=…), or have the reply bring what is read"
        )


def of_group(replies: Collection[Reply]) -> Reply:
    """What the step behind a group gets."""
    return _replies(tuple(replies)) if any(replies) else None


def brought(reply: Reply) -> Collection[str]:
    """The fields that a reply brings."""
    return reply.model_fields if reply else ()


# Comparing schemas takes a millisecond, and a group has a thousand parts of one kind.
@lru_cache(maxsize=1024)
def _missing(reply: Reply, model: Any, given: frozenset[str]) -> list[Problem]:
    return missing(reply, model, given)


@lru_cache(maxsize=256)
def _replies(kinds: tuple[Reply, ...]) -> type[Value]:
    fields: Any = {"replies": (union(kinds), ...)}
    return create_model("Replies", __base__=Value, __module__=__name__, **fields)


def _fields(reply: Reply) -> str:
    return f"{reply.__name__} ({', '.join(reply.model_fields)})" if reply else "nothing"
