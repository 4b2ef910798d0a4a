"""What a function is, so that two builds can tell whether theirs is the same.

By its source, and by all that it reaches from there: its defaults and closure, what it is bound to, globals,
helpers of its own class, of those that it derives from and of other modules. A library is known by its names.
What cannot be followed is OPAQUE.
"""

import dis
import hashlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum, EnumType
from functools import partial
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, MethodWrapperType, ModuleType
from typing import Any
from uuid import UUID

from annotated_types import Not, Predicate
from pydantic import BaseModel

OPAQUE = "?"
"""Stands where something cannot be compared: an object, a lambda, a function without source."""

_LIBRARIES = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", *sys.stdlib_module_names}
_OURS = "contracts.message"
"""Where every message begins: it decides of none."""
_VALUES = (bool, int, float, str, bytes, Decimal, date, time, timedelta, UUID, type(None), type(...))
_ASKED = (Predicate, Not, partial, re.Pattern, list, tuple, set, frozenset, dict, *_VALUES)
"""What a library's function may hold that is not the library's to decide."""


def digest(function: Any, owner: type | None = None) -> str:
    """Its name, and what it comes to. A library's own is known by its name. `owner` is the class that a
    method is asked of, which may be derived from the one that it is defined in.
    """
    found = list(_Trace().of(function, owner if _is_method(function) else None))
    name = _name(getattr(function, "__func__", function))
    if OPAQUE in found:
        return f"{name}#{OPAQUE}"
    if found == [name]:
        return name
    return f"{name}#{hashlib.sha256(chr(10).join(found).encode()).hexdigest()[:12]}"


class _Trace:
    """One function's way to all that it reaches."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def of(self, value: Any, owner: type | None) -> Iterator[str]:
        """`owner` is the class that a method belongs to."""
        match value:
            case MethodType(__self__=bound):
                yield from self.of(value.__func__, bound if inspect.isclass(bound) else None)
                if not inspect.isclass(bound):
                    yield OPAQUE
            case partial():
                yield from self._all("partial", (value.func, value.args, value.keywords))
            case FunctionType():
                yield from self._function(value, owner)
            case BuiltinMethodType() | MethodWrapperType() if _is_library(value):
                yield _name(value)
                if not isinstance(bound := value.__self__, (type, ModuleType, type(None))):
                    yield from self.of(bound, None)
            case property():
                yield from self.of(value.fget, owner)
            case type():
                yield from self._class(value)
            case _ if _is_library(value) and hasattr(value, "__qualname__"):
                yield _name(value)
            case _:
                yield from self._data(value)

    def _data(self, value: Any) -> Iterator[str]:
        match value:
            case Enum():
                yield from self._all(f"{_name(type(value))}.{value.name}", [value.value])
            case Predicate() | Not():
                yield from self._all(type(value).__name__, [value.func])
            case re.Pattern():
                yield f"{value.pattern!r} {value.flags}"
            case list() | tuple():
                yield from self._all(type(value).__name__, value)
            case set() | frozenset():
                parts = sorted("\n".join(self.of(part, None)) for part in value)
                yield from (type(value).__name__, *parts)
            case dict():
                yield from self._all("dict", (part for pair in value.items() for part in pair))
            case _ if isinstance(value, _VALUES):
                yield f"{type(value).__name__} {value!r}"
            case _:
                yield OPAQUE

    def _all(self, what: str, values: Iterable[Any]) -> Iterator[str]:
        yield what
        for value in values:
            yield from self.of(value, None)

    def _class(self, value: type) -> Iterator[str]:
        yield _name(value)
        if id(value) in self._seen or _is_library(value) or value.__module__ == _OURS:
            return
        self._seen.add(id(value))
        if isinstance(value, EnumType):
            yield from self._all("members", list(value))
        yield from _source(value)
        yield from self._all("bases", value.__bases__)
        made = issubclass(value, (BaseModel, Enum))  # its data is made of what its source says
        for name, part in sorted(_own_parts(value)):
            if isinstance(part, FunctionType):
                yield from self._function(part, value)
            elif not made:
                yield name
                yield from self.of(part, value)

    def _function(self, function: FunctionType, owner: type | None) -> Iterator[str]:
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        owner = owner or _owner(function)
        held = self._closure(function)
        if _is_library(function):
            yield _name(function)
        else:
            yield from _source(function)
            yield from self._all("defaults", [function.__defaults__, function.__kwdefaults__])
            for name, used in _reached(function, owner):
                yield name
                yield from self.of(used, owner)
        for part in held:
            yield from self.of(part, owner)
        if wrapped := getattr(function, "__wrapped__", None):
            yield from self.of(wrapped, owner)

    def _closure(self, function: FunctionType) -> list[Any]:
        """What it holds; of a library's functions what it was asked to hold."""
        cells = [cell.cell_contents for cell in function.__closure__ or () if _is_full(cell)]
        if _is_library(function):
            return [part for part in cells if isinstance(part, _ASKED) or not _is_library(part)]
        return cells


def _own_parts(value: type) -> Iterator[tuple[str, Any]]:
    """What a class itself defines, without what Python keeps there."""
    for name, part in vars(value).items():
        if isinstance(part, FunctionType) or not (name.startswith("__") or name == "_abc_impl"):
            yield name, getattr(part, "__func__", part)


def _is_method(function: Any) -> bool:
    inside = getattr(function, "__qualname__", "").rpartition(".")[0]
    return bool(inside) and not inside.endswith("<locals>")


def _owner(function: FunctionType) -> type | None:
    """The class that it was defined in, where one can get there by names."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split(".")[:-1]:
        found = getattr(found, name, None)
    return found if inspect.isclass(found) else None


def _reached(function: FunctionType, owner: type | None) -> Iterator[tuple[str, Any]]:
    """Names that its code uses, with what they stand for: globals, and parts of modules and of its class.
    A name may be one of the class and a global: which one, only its code knows."""
    names = sorted(set(_names(function.__code__)))
    modules = []
    for name in names:
        used = function.__globals__.get(name)
        if isinstance(used, ModuleType):
            modules.append(used)
        elif name in function.__globals__:
            yield name, used
        yield from ((name, part) for part in _parts_of(owner, name))
    for module in modules:
        if module.__name__.partition(".")[0] not in _LIBRARIES:
            yield from ((name, getattr(module, name)) for name in names if hasattr(module, name))
    if any(name.partition(".")[0] not in _LIBRARIES for name in _imported(function.__code__)):
        yield OPAQUE, None


def _parts_of(owner: type | None, name: str) -> Iterator[Any]:
    """Also what a class overrides: `super()` finds that."""
    for base in owner.__mro__ if owner and not name.startswith("__") else ():
        if name in vars(base) and not _is_library(base):
            part = vars(base)[name]
            yield getattr(part, "__func__", part)


def _imported(code: CodeType) -> Iterator[str]:
    """Modules that it imports when it runs; those beside its own have no name here."""
    yield from (step.argval for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _imported(inner)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _source(value: Any) -> Iterator[str]:
    if getattr(value, "__name__", "") == "<lambda>":
        yield OPAQUE  # its source is found by the line alone
        return
    try:
        # Of a function its code: it may wrap another, and `inspect` would show that one.
        yield textwrap.dedent(inspect.getsource(getattr(value, "__code__", value))).strip()
    except (OSError, TypeError):
        yield OPAQUE


def _is_full(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 empty while its function is being defined
    except ValueError:
        return False
    return True


def _is_library(value: Any) -> bool:
    return (getattr(value, "__module__", None) or "builtins").partition(".")[0] in _LIBRARIES


def _name(value: Any) -> str:
    module = getattr(value, "__module__", None) or "builtins"
    return f"{module}.{getattr(value, '__qualname__', type(value).__qualname__)}"
