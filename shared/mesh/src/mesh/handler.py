"""A handler: a function, and how it is called. One that could not be called so is refused at import."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from contracts import Contract, Message, Value, contract_of, versions_of
from mesh import topology
from mesh.database import Tx
from mesh.effect import Effect


class Failure(NamedTuple):
    """A message was not handled."""

    error: str
    """For operators: it may tell of the inside of the service."""
    again: bool
    """Whether it has another try ahead; else it is a dead letter."""
    cause: Exception | None = None
    """What was raised. None: processes died of it."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One message name and the function that handles it."""

    contract: Contract
    """The newest version of this build; older ones are upcast to it before they arrive."""
    function: Callable[..., Effect[Any] | Value | None]
    line: str
    """The name of the message in whose batches this one comes: the first that the function was given to
    handle together with it, or its own."""
    attempts: int
    """How often a message is tried before it becomes a dead letter."""
    time_limit: float
    """Seconds for one message (for a batch: for the batch)."""
    batch: int
    """How many messages the function takes at once; 0: one, and not in a list."""
    inbox: bool
    """Whether it runs in a transaction with inbox and outbox."""
    failed: Callable[[Any, Tx, Failure], None] | None = None
    """Told of each message that was not handled, in the transaction that settles it."""

    def taken(self) -> Iterator[topology.Laned]:
        """Every version that this build can read, in every lane of it; each has its own queue."""
        for model in versions_of(self.contract.name).values():
            yield from topology.laned(contract_of(model))


def faults(handler: Handler) -> Iterator[str]:
    """Why a message could not be handled by it, and what to do."""
    if handler.batch < 0:
        yield f"batch={handler.batch} is no number of messages"
    if handler.attempts < 1:
        yield f"attempts={handler.attempts}: each message is tried once at the least"
    if not handler.time_limit > 0:
        yield f"time_limit={handler.time_limit}: seconds, more than 0"
    if not _runs(handler.function):
        yield f"{_named(handler)} would not run when it is called: write it without async and yield"
    given = ("messages" if handler.batch else "message", *(["tx"] if handler.inbox else []), "deps")
    try:
        inspect.signature(handler.function).bind(*given)
    except TypeError as error:
        yield f"{_named(handler)} is called with ({', '.join(given)}): {error}"
    else:
        yield from _misread(handler)


def refuse_other(handler: Handler, reply: object) -> None:
    """Raises TypeError for a reply that is not what the contract says: no next step could be made of it."""
    wanted = handler.contract.replies
    if not isinstance(reply, wanted or type(None)):
        said = f"{handler.contract} replies {wanted.__name__ if wanted else 'nothing'}"
        raise TypeError(f"{_named(handler)} returned {type(reply).__name__}: {said}")


def _runs(function: Callable[..., Any]) -> bool:
    later = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    return not any(is_so(function) for is_so in later)


def _misread(handler: Handler) -> Iterator[str]:
    """What the function says of its first parameter, where it says it, must be what it gets."""
    try:
        hints = get_type_hints(handler.function)
    except NameError:  # of a name that is there for a type checker alone
        return
    yield from _misanswered(handler, hints)
    said = hints.get(next(iter(inspect.signature(handler.function).parameters)))
    inside = next(iter(get_args(said)), None)
    kinds = (said, *(get_args(inside) or [inside]))
    named = [kind for kind in kinds if inspect.isclass(kind) and issubclass(kind, Message)]
    model = handler.contract.model
    if named and not any(issubclass(model, kind) for kind in named):
        takes = " | ".join(kind.__name__ for kind in named)
        yield f"{_named(handler)} says that it takes {takes}, and gets {model.__name__}"
    elif named and (said in named) == bool(handler.batch):
        gets = f"a list: Sequence[{model.__name__}]" if handler.batch else f"one: {model.__name__}"
        yield f"{_named(handler)} says that it takes {said}, and gets {gets}"


def _misanswered(handler: Handler, hints: dict[str, Any]) -> Iterator[str]:
    """What it says that it returns must be what its contract says that it replies."""
    reply = handler.contract.replies
    wanted = reply.__name__ if reply else "nothing"
    if reply and handler.batch:
        yield f"{handler.contract} replies {wanted}, and a batch replies nothing: drop batch="
    if "return" not in hints or handler.batch:
        return
    for kind in _returned(hints["return"]):
        if kind is not None and reply is None:
            said = kind.__name__
            yield f"{_named(handler)} returns {said}: say so in its contract, replies={said}"
        elif reply and not (kind and issubclass(kind, reply)):
            said = kind.__name__ if kind else "None"
            yield f"{_named(handler)} says that it returns {said}, its contract that it replies {wanted}"


def _returned(said: Any) -> Iterator[type | None]:
    """The values that a function says it returns. What an Effect replies, it does not say."""
    if get_origin(said) in (Union, UnionType):
        for one in get_args(said):
            yield from _returned(one)
    elif said in (None, type(None)):
        yield None
    elif inspect.isclass(said) and issubclass(said, Value):
        yield said


def _named(handler: Handler) -> str:
    return f"{handler.function.__module__}.{handler.function.__qualname__}"
