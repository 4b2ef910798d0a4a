"""What a contract may be made of: data that two builds can compare, and that JSON carries.

What hides from a schema what is written, or makes schemas of its own, is refused with what to do instead.
"""

import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime
from enum import Enum, Flag
from typing import Annotated, Any, get_args, get_origin

from pydantic import (
    BaseModel,
    FutureDatetime,
    GetPydanticSchema,
    NaiveDatetime,
    PastDatetime,
    Secret,
    SecretBytes,
    SecretStr,
    SerializeAsAny,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticSerializationError
from typing_extensions import is_typeddict

from contracts.message import Message, Value
from contracts.schemas import aliases, opaque

Fault = tuple[bool, str]
"""Is it so? And what to do."""

_UNFIT: dict[str, tuple[Any, ...]] = {
    "a time needs its offset, use AwareDatetime": (datetime, NaiveDatetime, PastDatetime, FutureDatetime),
    "JSON carries no bytes, send text or a reference": (bytes,),
}
_HIDING = (WithJsonSchema, SkipJsonSchema, SerializeAsAny, GetPydanticSchema)
_SECRET = (Secret, SecretStr, SecretBytes)
_IN_JSON = (str, int, float, type(None))
_OWN_WAYS = {"__init__", "__new__", "read", "model_dump", "model_dump_json", "model_validate_json"}
"""How a message comes to be read and written; one with its own would not do what its schema says."""


def faults(model: type[Value]) -> Iterator[Fault]:
    """In the order in which they make sense to a reader."""
    for field, type in _types(model):
        for why, unfit in _UNFIT.items():
            yield any(type is one for one in unfit), f"{field}: {why}"
        secret = _is_a(get_origin(type) or type, _SECRET)
        yield secret, f"{field}: it would arrive as asterisks, send a reference"
    try:
        unknown = opaque(model)
    except PydanticUserError:
        for field, info in model.model_fields.items():
            yield not _has_schema(info.annotation), f"{field}: JSON cannot carry its type"
        raise
    for path, part in _types(model):
        yield from _of_part(path or model.__name__, part)
    for name in unknown:
        yield True, f"{name} cannot be told from another build's: make it a function of a module"


def _types(annotation: Any, field: str = "", within: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every type that an annotation is made of, nested values included, with the path of its field."""
    annotation = getattr(annotation, "__value__", annotation)  # of a type that has a name
    yield field, annotation
    for part in get_args(annotation):
        yield from _types(part, field, within)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in within:
        for name, info in annotation.model_fields.items():
            yield from _types(info.annotation, f"{field}.{name}".lstrip("."), (*within, annotation))


def _of_part(where: str, part: Any) -> Iterator[Fault]:
    """What no schema would tell of."""
    hidden = _hides(part) or ("MISSING" in repr(part) and not inspect.isclass(part))
    yield hidden, f"{where}: {part!r} hides what is written"
    if isinstance(part, Enum):  # one of a Literal
        yield from _of_enum(where, type(part))
    if not inspect.isclass(part):
        return
    if issubclass(part, Enum):
        yield from _of_enum(where, part)
    named = issubclass(part, tuple) and hasattr(part, "_fields")
    foreign = issubclass(part, BaseModel) and not issubclass(part, Value)
    built = is_dataclass(part) or is_typeddict(part) or named or foreign
    yield built, f"{where}: {part.__name__} is no Value, derive it from one"
    yield _makes_schemas(part), f"{where}: {part.__name__} makes its own schema, nobody can compare it"
    if issubclass(part, Value):
        yield from _of_value(where, part)


def _of_enum(where: str, part: type[Enum]) -> Iterator[Fault]:
    """Members are told by their values, as JSON has them."""
    yield issubclass(part, Flag), f"{where}: {part.__name__} has members that it does not list, send a list"
    foreign = [member for member in part if not isinstance(member.value, _IN_JSON)]
    yield bool(foreign), f"{where}: {foreign} cannot be read again, JSON has no such value"


def _of_value(where: str, part: type[Value]) -> Iterator[Fault]:
    config, name = part.model_config, part.__name__
    for setting, wanted in (("extra", "forbid"), ("allow_inf_nan", False)):
        yield config.get(setting) != wanted, f"{where}: {name} changes {setting}, every Value has {wanted!r}"
    yield config.get("validate_by_alias") is False, f"{where}: {name} reads no other names, drop the setting"
    for setting in (
        "validate_default",
        "json_schema_mode_override",
        "json_schema_extra",
        "serialize_by_alias",
        "alias_generator",
    ):
        yield bool(config.get(setting)), f"{where}: {name} sets {setting}: its schema would not be what it is"
    for base in part.__mro__[: part.__mro__.index(Message if issubclass(part, Message) else Value)]:
        for own in sorted(_OWN_WAYS & vars(base).keys()):
            yield True, f"{where}: {name} has its own {own}, and is data"
    for field, info in part.model_fields.items():
        for wrong, remedy in _of_field(field, info):
            yield wrong, f"{where}.{field}: {remedy}"


def _of_field(own: str, info: FieldInfo) -> Iterator[Fault]:
    """It is written under its own name, always, and read under it first."""
    names = aliases(info)
    read = not names or (names[0] == own and all(isinstance(name, str) for name in names))
    yield not read, f"it is written as {own!r}, read it so first: AliasChoices({own!r}, …)"
    renamed = info.serialization_alias not in (None, own)
    yield renamed, f"it is written as {own!r}, drop serialization_alias"
    yield bool(info.exclude or getattr(info, "exclude_if", None)), "excluded, it would not arrive"
    yield bool(info.json_schema_extra), "json_schema_extra changes its schema, and not what it is"
    yield (
        bool(info.validate_default),
        "who does not send it would be refused for a default, check that yourself",
    )
    yield not _default_fits(info), f"{info.default!r} would be written for it, and is not of its type"
    hiding = [part for part in info.metadata if _hides(part)]
    yield bool(hiding), f"{hiding} hides what is written"


def _default_fits(info: FieldInfo) -> bool:
    """pydantic takes a default as it is, and writes it so."""
    if info.is_required() or info.default_factory is not None:
        return True
    annotated: Any = Annotated[info.annotation, "", *info.metadata]  # which may be none
    kind: TypeAdapter[Any] = TypeAdapter(annotated)
    try:
        kind.validate_json(kind.dump_json(info.default, warnings="error"))
    except (ValidationError, PydanticSerializationError):
        return False
    return True


def _hides(part: Any) -> bool:
    """What stands beside a type, and may say something else of it."""
    if isinstance(part, FieldInfo):
        return bool(part.json_schema_extra)
    return type(part) in _HIDING or (not inspect.isclass(part) and _makes_schemas(type(part)))


def _is_a(part: Any, kinds: tuple[type, ...]) -> bool:
    return inspect.isclass(part) and issubclass(part, kinds)


def _makes_schemas(part: type) -> bool:
    """By code that is not pydantic's."""
    hooks = ("__get_pydantic_core_schema__", "__get_pydantic_json_schema__")
    made = [getattr(part, name, None) for name in hooks]
    modules = [getattr(method, "__module__", "") or "" for method in made if method]
    return any(not m.startswith("pydantic") for m in modules)


def _has_schema(annotation: Any) -> bool:
    try:
        TypeAdapter(annotation).json_schema()
    except PydanticUserError:
        return False
    return True
