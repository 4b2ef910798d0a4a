"""Which contracts there are: name and version to class, checked while they are defined.

What cannot work on the wire is refused here, at import, with what to do instead.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic.errors import PydanticInvalidForJsonSchema

from contracts.errors import UnknownContract, UnknownVersion
from contracts.message import Command, Event, Message

M = TypeVar("M", bound=type[Message])

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_by_name: dict[str, dict[int, type[Message]]] = {}
_by_class: dict[type[Message], "Contract"] = {}


@dataclass(frozen=True, slots=True)
class Contract:
    """The name on the wire, `<owner>.<message>`, for ever, and one version of it."""

    name: str
    version: int
    model: type[Message]

    @property
    def owner(self) -> str:
        """The service that obeys the command or announces the event."""
        return self.name.partition(".")[0]

    @property
    def is_command(self) -> bool:
        return issubclass(self.model, Command)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def contract(name: str, *, version: int) -> Callable[[M], M]:
    """Register the class below as this version of the contract `name`.

    Raises TypeError, at import, for what could not work later.
    """

    def register(model: M) -> M:
        entry = Contract(name, version, model)
        _refuse_what_cannot_work(entry)
        _by_name.setdefault(name, {})[version] = model
        _by_class[model] = entry
        return model

    return register


def contract_of(model: type[Message]) -> Contract:
    """The contract that a class was registered as. Raises TypeError if it was not."""
    try:
        return _by_class[model]
    except KeyError:
        raise TypeError(f"{model.__name__} has no contract: decorate it with @contract") from None


def versions_of(name: str) -> dict[int, type[Message]]:
    """Every version of a contract that this build knows. Raises UnknownContract."""
    try:
        return _by_name[name]
    except KeyError:
        raise UnknownContract(f"{name}: no such contract in this build") from None


def model_of(name: str, version: int) -> type[Message]:
    """The class of one version. Raises UnknownContract or UnknownVersion."""
    versions = versions_of(name)
    try:
        return versions[version]
    except KeyError:
        known = ", ".join(f"v{v}" for v in sorted(versions))
        raise UnknownVersion(f"{name} v{version}: this build knows {known}") from None


def contracts() -> Iterator[Contract]:
    """Every contract of this build."""
    return iter(_by_class.values())


def _refuse_what_cannot_work(new: Contract) -> None:
    where = f"{new.model.__module__}.{new.model.__name__}"
    for wrong, remedy in _faults(new):
        if wrong:
            raise TypeError(f"{where}: {remedy}")


def _faults(new: Contract) -> Iterator[tuple[bool, str]]:
    """(is it so?, what to do), in the order in which they make sense to a reader."""
    known = _by_name.get(new.name, {})
    package, _, module = new.model.__module__.rpartition(".")
    yield not _NAME.fullmatch(new.name), f"name {new.name!r} is not '<owner>.<message>' in lower case"
    yield new.version < 1, "versions count from 1"
    yield not issubclass(new.model, (Command, Event)), "derive it from Command or Event"
    yield package == "contracts" and module != new.owner, f"move it to contracts/{new.owner}.py"
    yield new.version in known, f"{new} is taken: a released version never changes, add the next"
    yield _not_json(new.model), "a field has a type that JSON cannot carry"
    yield from _naive_times(new.model)
    if known and new.version not in known:
        previous = known.get(new.version - 1)
        yield previous is None, f"v{new.version - 1} is missing: versions have no gaps"
        if previous is not None:
            name = previous.__name__
            yield "upcast" not in vars(previous), f"{name} needs upcast(), the way to v{new.version}"
            yield (
                issubclass(previous, Command) != issubclass(new.model, Command),
                f"{name} is not of the same kind: a command stays a command",
            )


def _not_json(model: type[Message]) -> bool:
    try:
        model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return True
    return False


def _naive_times(model: type[Message]) -> Iterator[tuple[bool, str]]:
    for field, info in model.model_fields.items():
        yield info.annotation is datetime, f"{field}: a time needs its offset, use AwareDatetime"
