"""Which contracts there are: name and version to class, checked while they are defined.

What cannot work on the wire is refused here, at import, with what to do instead.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, FutureDatetime, NaiveDatetime, PastDatetime, SecretStr, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo

from contracts.errors import UnknownContract, UnknownVersion
from contracts.message import Command, Event, Message
from contracts.schemas import aliases

M = TypeVar("M", bound=type[Message])

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_LANE = re.compile(r"[a-z][a-z0-9_]*")
DEFAULT_LANE = "default"
"""What operators call the lane that has no name."""

_UNFIT: dict[str, tuple[Any, ...]] = {
    "a time needs its offset, use AwareDatetime": (datetime, NaiveDatetime, PastDatetime, FutureDatetime),
    "JSON carries no bytes, send text or a reference": (bytes,),
    "it would arrive as asterisks, send a reference": (SecretStr,),
}
_by_name: dict[str, dict[int, type[Message]]] = {}
_by_class: dict[type[Message], "Contract"] = {}


@dataclass(frozen=True, slots=True)
class Contract:
    """The name on the wire, `<owner>.<message>`, for ever, and one version of it."""

    name: str
    version: int
    model: type[Message]
    lanes: tuple[str, ...] = ()
    """What it may travel in beside the default lane, which every message has and which has no name. One may
    be added to a released version; one is taken away when nothing lies in its queues any more."""

    @property
    def owner(self) -> str:
        """The service that obeys the command or announces the event."""
        return self.name.partition(".")[0]

    @property
    def is_command(self) -> bool:
        return issubclass(self.model, Command)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def contract(name: str, *, version: int, lanes: tuple[str, ...] = ()) -> Callable[[M], M]:
    """Register the class below as this version of the contract `name`, which may travel in these `lanes`.

    Raises TypeError, at import, for what could not work later.
    """

    def register(model: M) -> M:
        entry = Contract(name, version, model, lanes)
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
    yield from _faulty_lanes(new.lanes)
    yield new.version in known, f"{new} is taken: a released version never changes, add the next"
    for field, type in _types(new.model):
        for why, unfit in _UNFIT.items():
            yield any(type is one for one in unfit), f"{field}: {why}"
    for field, info in new.model.model_fields.items():
        yield not _has_schema(info.annotation), f"{field}: JSON cannot carry its type"
    for field, info in _fields(new.model):
        yield from _faulty_names(field, info)
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


def _faulty_lanes(lanes: Any) -> Iterator[tuple[bool, str]]:
    if not isinstance(lanes, tuple):
        yield True, f"lanes is a tuple of names, such as ('bulk',), not {lanes!r}"
        return
    for lane in lanes:
        named = isinstance(lane, str) and _LANE.fullmatch(lane)
        yield not named, f"lane {lane!r} is no lower-case identifier"
        yield lane == DEFAULT_LANE, f"lane {lane!r}: every message has that one, and it has no name"
    yield len(set(lanes)) < len(lanes), f"lanes {lanes!r} has one of them twice"


def _types(annotation: Any, field: str = "", within: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every type that an annotation is made of, nested values included, with the path of its field."""
    yield field, annotation
    for part in get_args(annotation):
        yield from _types(part, field, within)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in within:
        for name, info in annotation.model_fields.items():
            yield from _types(info.annotation, f"{field}.{name}".lstrip("."), (*within, annotation))


def _fields(model: type[Message]) -> Iterator[tuple[str, FieldInfo]]:
    """Every field, those of nested values included, with its path."""
    for path, type in _types(model):
        if inspect.isclass(type) and issubclass(type, BaseModel):
            for name, info in type.model_fields.items():
                yield f"{path}.{name}".lstrip("."), info


def _faulty_names(path: str, info: FieldInfo) -> Iterator[tuple[bool, str]]:
    """A field is written under its own name, always, and read under it at the least."""
    own = path.rpartition(".")[2]
    names = aliases(info)
    read = not names or (own in names and all(isinstance(name, str) for name in names))
    yield (
        not read,
        f"{path}: it is written as {own!r}, read it so too: validation_alias=AliasChoices({own!r}, …)",
    )
    yield (
        info.serialization_alias not in (None, own),
        f"{path}: it is written as {own!r}, drop serialization_alias",
    )
    yield bool(info.exclude or getattr(info, "exclude_if", None)), f"{path}: excluded, it would not arrive"


def _has_schema(annotation: Any) -> bool:
    try:
        TypeAdapter(annotation).json_schema()
    except PydanticUserError:
        return False
    return True
