"""JSON documents, read strictly: what could be meant in two ways is refused, with what is wrong and where."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

MOST_FAULTS = 100
"""That are told: a body of a quarter of a megabyte can hold 40,000."""


_LONGEST = 500  # characters of a pointer, or of a detail


class NotJson(ValueError):
    """What came is no JSON."""


def read(model: type[M], body: bytes) -> M:
    """Raises NotJson and ValidationError."""
    try:
        json.loads(body, object_pairs_hook=_once_each)  # pydantic takes the last of two
        return model.model_validate_json(body)
    except Twice as twice:
        raise NotJson(_printable(f"The document says {twice} twice.")) from None
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise NotJson("The body is not JSON.") from None
        raise
    except (ValueError, RecursionError):
        raise NotJson("The body is not JSON.") from None


def faults(error: ValidationError) -> list[dict[str, str]]:
    """A JSON pointer to each field that does not fit, and why."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {"pointer": _pointer(each["loc"]), "detail": _printable(each["msg"])} for each in found[:MOST_FAULTS]
    ]


class Twice(ValueError):
    """A field that an object has more than once."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Twice(repr(name))
        found[name] = value
    return found


def _pointer(location: tuple[int | str, ...]) -> str:
    """Cut off where it is too long, but not within what stands for one character."""
    if location[-1:] == ("[key]",):  # so pydantic says that it is the name that does not fit
        location = location[:-1]
    parts = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)
    return _printable(parts).removesuffix("~")


def _printable(text: str) -> str:
    """No table keeps a NUL, which a field's name may hold, and nobody reads a megabyte."""
    return text[:_LONGEST].replace("\x00", "\ufffd")
