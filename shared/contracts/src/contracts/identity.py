"""What a function is, so that two builds can tell whether theirs is the same.

By its source, and by all that it reaches from there: its defaults and closure, globals, helpers of its own
class and of other modules. A library is known by its names. What cannot be followed is OPAQUE.
"""

import builtins
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
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from uuid import UUID

from pydantic import BaseModel

OPAQUE = "?"
"""Stands where something cannot be compared: an object, a lambda, a function without source."""

_LIBRARIES = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", *sys.stdlib_module_names}
_VALUES = (bool, int, float, str, bytes, Decimal, date, time, timedelta, UUID, type(None), type(...))


def digest(function: Any) -> str:
    """Its name, and what it comes to. A library's own is known by its name."""
    found = list(_Trace().of(function, None))
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
        if id(value) in self._seen or _is_library(value) or issubclass(value, BaseModel):
            return  # the fields of a model are compared elsewhere
        self._seen.add(id(value))
        if isinstance(value, EnumType):
            yield from self._all("members", list(value))
        yield from _source(value)
        for name in sorted(vars(value)):
            if isinstance(part := vars(value)[name], FunctionType):
                yield from self._function(part, value)

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
        """What it holds; of a library's functions what is somebody's code."""
        cells = [cell.cell_contents for cell in function.__closure__ or () if _is_full(cell)]
        if _is_library(function):
            used = [getattr(part, "func", part) for part in cells]  # of Predicate, Not, partial
            return [part for part in used if callable(part) and not _is_library(part)]
        return cells


def _owner(function: FunctionType) -> type | None:
    """The class that it was defined in, where one can get there by names."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split(".")[:-1]:
        found = getattr(found, name, None)
    return found if inspect.isclass(found) else None


def _reached(function: FunctionType, owner: type | None) -> Iterator[tuple[str, Any]]:
    """Names that its code uses, with what they stand for: globals, and parts of modules and of its class."""
    names = sorted(set(_names(function.__code__)))
    modules = []
    for name in names:
        used = function.__globals__.get(name)
        if isinstance(used, ModuleType):
            modules.append(used)
        elif name in function.__globals__:
            yield name, used
        elif owner and not hasattr(builtins, name) and name in vars(owner):
            part = vars(owner)[name]
            yield name, getattr(part, "__func__", part)
    for module in modules:
        if module.__name__.partition(".")[0] not in _LIBRARIES:
            yield from ((name, getattr(module, name)) for name in names if hasattr(module, name))


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
